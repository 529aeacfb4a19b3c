"""What can be said of deploy/ without starting it: systemd's own check, the doors, what is named."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from expectations.schema import SUITES_DIR
from orchestration.lib.fingerprint import ROOMS
from orchestration.lib.questions import QUESTIONS_DIR
from orchestration.settings import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("pipeline-truth*"))
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())
    return document


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    for unit in UNITS:  # on a host where the project lies in another place, and another user has it
        text = unit.read_text().replace("/opt/pipeline-truth/.venv/bin", str(BIN))
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "pipeline-truth" in line]
    assert not complaints and done.returncode == 0, done.stderr


def commands() -> list[str]:
    started = [line for unit in UNITS for line in re.findall(r"^Exec\w+=(.*)$", unit.read_text(), re.M)]
    assert len(started) == 4
    return started


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.split("/")[-1][:30])
def test_what_the_units_start_exists(command: str) -> None:
    program, *arguments = command.split()
    assert (BIN / Path(program).name).is_file(), f"{program} is not in the environment"
    for argument in arguments:
        if argument.startswith("/opt/pipeline-truth/"):
            assert (PROJECT_ROOT / argument.removeprefix("/opt/pipeline-truth/")).is_file(), argument


def test_the_ui_is_read_only_and_behind_the_proxy(compose: dict[str, Any]) -> None:
    services = compose["services"]
    published = {name for name, service in services.items() if service.get("ports")}
    assert published == {"proxy"}, "only the proxy can be reached from outside"
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["webserver"]["networks"] == services["postgres"]["networks"] == ["inside"]
    webserver = [*services["webserver"]["command"]]
    unit = (DEPLOY / "systemd/pipeline-truth-webserver.service").read_text()
    assert "--read-only" in webserver and "--read-only" in unit and "--host 127.0.0.1" in unit
    caddy = (DEPLOY / "Caddyfile").read_text()
    assert "basic_auth" in caddy and "PIPELINE_UI_PASSWORD_HASH" in caddy
    assert services["proxy"]["environment"]["PIPELINE_UI_PASSWORD_HASH"].startswith(
        "${PIPELINE_UI_PASSWORD_HASH:?"
    )


def test_the_services_find_each_other(compose: dict[str, Any]) -> None:
    for folder, host in (("docker", "code"), ("systemd", "127.0.0.1")):
        (location,) = yaml.safe_load((DEPLOY / folder / "workspace.yaml").read_text())["load_from"]
        own = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
        assert location["grpc_server"] == {
            "host": host, "port": 4000, "location_name": own["location_name"],
        }, "runs and schedules are filed under the location's name: it is the same everywhere"  # fmt: skip
    for name in ("code", "daemon", "webserver"):
        environment = compose["services"][name]["environment"]
        assert environment["DAGSTER_POSTGRES_URL"].startswith("postgresql+psycopg2://")
        assert environment["DAGSTER_HOME"] == f"{environment['PIPELINE_HOME']}/dagster"


def test_make_metrics_takes_a_home_with_blanks(tmp_path: Path) -> None:
    """make's own functions take a path with a blank for two."""
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    stub = tmp_path / "bin"
    stub.mkdir()
    (stub / "python").symlink_to(sys.executable)
    for name in ("dbt", "mf"):
        (stub / name).write_text(f'#!/bin/sh\necho "{name} $PIPELINE_HOME $PWD"\n')
        (stub / name).chmod(0o755)
    done = subprocess.run(
        ["make", "--silent", "metrics", f"BIN={os.path.relpath(stub, PROJECT_ROOT)}", f"STAMP={stub}/mf"],
        cwd=PROJECT_ROOT, env={**os.environ, "PIPELINE_HOME": f"{tmp_path}/Ann & Söhne/data"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    said = [f"{name} {tmp_path}/Ann & Söhne/data {PROJECT_ROOT}/dbt_project" for name in ("dbt", "mf")]
    assert done.stdout.splitlines() == said, done.stderr


def test_no_secret_has_a_default_and_the_image_holds_no_data(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "docker/compose.yaml").read_text()
    for variable in ("DAGSTER_POSTGRES_PASSWORD", "PIPELINE_UI_PASSWORD_HASH"):
        assert set(re.findall(rf"\$\{{{variable}(:.)", text)) == {":?"}
    dockerfile = (DEPLOY / "docker/Dockerfile").read_text()
    copied = re.findall(r"^COPY (.+) \S+$", dockerfile, re.M)
    allowed = (DEPLOY / "docker/Dockerfile.dockerignore").read_text().splitlines()
    for name in " ".join(copied).split():
        assert (PROJECT_ROOT / name).exists() and f"!{name}" in allowed, name
    read = [QUESTIONS_DIR, SUITES_DIR, *ROOMS]  # by what runs in the container
    images = [PROJECT_ROOT / name for name in " ".join(copied).split()]
    assert [path for path in read if not any(path.is_relative_to(image) for image in images)] == []
    assert allowed[0] == "*" and dockerfile.index("USER pipeline") < dockerfile.index("CMD")
