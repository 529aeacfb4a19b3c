"""A real PostgreSQL of its own, for the tests that need one."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "planted-s3cret"


def program(name: str) -> str:
    found = shutil.which(name) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), ""
    )
    if not found:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return found


@contextmanager
def postgres_server() -> Iterator[str]:
    """Connection string of the administrator of a fresh cluster. PostgreSQL refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 and _has_user("postgres") else None
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "password"
        secret.write_text(PASSWORD)
        if user:
            for path in (Path(folder), secret):
                shutil.chown(path, user)
        data = Path(folder) / "data"
        quiet = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "timeout": 60,
        }  # the server inherits

        def run(*command: object) -> None:
            subprocess.run([str(part) for part in command], user=user, cwd=folder, check=True, **quiet)

        run(initdb, "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8")
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        )
        run(pg_ctl, "-D", data, "-w", "-o", options, "-l", Path(folder) / "log", "start")
        try:
            yield f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
