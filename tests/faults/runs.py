"""Whole runs of a small organisation as processes that can be killed at a stage, and what they leave.

For the fault tests: starting, waiting for a stage, killing the process group, comparing what is served.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib import builds
from orchestration.lib.publisher import current_version
from orchestration.lib.version_files import verify_version
from orchestration.settings import PROJECT_ROOT, Settings

AS_OF = "2026-06-30"
_OF_THE_BUILD = {"meta_build", "meta_loads"}  # its own times and ids


@dataclass(frozen=True)
class Organisation:
    """A home, the sources file it is run with, and what else is in the environment of its runs."""

    home: Path
    sources: Path
    secrets: dict[str, str]

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, sources_file=self.sources, as_of_text=AS_OF)

    def copy(self, home: Path) -> "Organisation":
        """The same data under another home: the work of a run on it touches nothing else. Landing's
        files are named by the build manifests, which the next build writes anew."""
        shutil.copytree(self.home, home, symlinks=True)
        return Organisation(home, self.sources, self.secrets)

    def start(self, command: str, **environment: str) -> subprocess.Popen[str]:
        """`python -m orchestration <command>` in a process group of its own."""
        return self._started(["-m", "orchestration", *command.split()], environment)

    def start_script(self, script: str, **environment: str) -> subprocess.Popen[str]:
        """Python text instead of a command."""
        return self._started(["-c", script], environment)

    def _started(self, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PIPELINE_", "DAGSTER_"))}
        env |= {"PIPELINE_HOME": str(self.home), "PIPELINE_SOURCES": str(self.sources)}
        env |= {"PIPELINE_AS_OF": AS_OF, "DO_NOT_TRACK": "1", **self.secrets, **environment}
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT_ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip

    def run(self, command: str, **environment: str) -> tuple[int, str]:
        """Exit code and everything printed."""
        process = self.start(command, **environment)
        output = process.communicate(timeout=800)[0]
        return process.returncode, output


def wait_for(process: subprocess.Popen[str], reached: Callable[[], bool], what: str) -> None:
    """Until the stage is reached; a process that has ended before never reached it."""
    deadline = time.monotonic() + 600
    while not reached():
        assert process.poll() is None, f"ended before {what}: {process.communicate()[0]}"
        assert time.monotonic() < deadline, f"no {what} in ten minutes"
        time.sleep(0.002)


def holder(settings: Settings, process: subprocess.Popen[str]) -> str:
    """What the process does with the warehouse, in its own words; empty where it does not hold it. One that
    was killed leaves its words behind, with its number."""
    try:
        facts = builds.read_json(settings.home / "warehouse.lock.json")
    except Exception:  # being written at this moment
        return ""
    return str(facts["purpose"]) if facts["pid"] == process.pid else ""


def kill(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> str:
    """Signal the whole group, wait for the end; returns what had been printed."""
    os.killpg(process.pid, number)
    output = process.communicate(timeout=120)[0]
    if number == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL, output
    return output


def served(settings: Settings) -> str:
    """Id of the build that is served, after proving that all of it is what was judged."""
    version = current_version(settings)
    assert version is not None
    record = builds.read_json(version / "publication.json")
    verify_version(version, record)
    with duckdb.connect(str((settings.published / "current.duckdb").resolve()), read_only=True) as served_now:
        assert served_now.execute("select build_id from meta_build").fetchall() == [(record["build_id"],)]
    return str(record["build_id"])


def differences(left: Path, right: Path) -> dict[str, int]:
    """Tables of two published files whose rows differ, with the number of rows in only one of them."""
    found = {}
    with duckdb.connect() as connection:
        for name, path in (("l", left), ("r", right)):
            connection.execute(f"attach '{path.resolve()}' as {name} (read_only)")
        sql = "select table_name from duckdb_tables() where database_name = ?"
        names = [{row[0] for row in connection.execute(sql, [side]).fetchall()} for side in ("l", "r")]
        assert names[0] == names[1]
        for table in sorted(names[0] - _OF_THE_BUILD):
            counted: Any = connection.execute(
                f'select (select count(*) from (from l."{table}" except all from r."{table}"))'
                f' + (select count(*) from (from r."{table}" except all from l."{table}"))'
            ).fetchone()
            if counted[0]:
                found[table] = int(counted[0])
    return found


def landed(settings: Settings) -> list[tuple[Any, ...]]:
    """Every landed row without the times and ids of its load."""
    rows: list[tuple[Any, ...]] = []
    with duckdb.connect() as connection:
        for folder in sorted({path.parent for path in settings.landing.glob("[!_]*/[!_]*/*.parquet")}):
            rows += connection.execute(
                "select ?, * exclude (_loaded_at, _dlt_load_id)"
                " from read_parquet(?, union_by_name = true) order by all",
                [folder.name, str(folder / "*.parquet")],
            ).fetchall()
    return rows
