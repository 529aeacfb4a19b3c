"""What every test gets: all output under a temporary folder, and the environment of no one.

Shared builders for the slower tests are here too: the parsed dbt project and one published demo.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from orchestration.settings import PROJECT_ROOT, Settings

SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"
FIXTURES = PROJECT_ROOT / "tests" / "fixtures"
DEMO_SCALE = 0.15
DEMO_SOURCES = f"""
reporting: {{time_zone: Europe/Berlin, currency: EUR}}
sources:
  - name: demo
    system: demo
    scale: {DEMO_SCALE}
    loss_reasons: {{No Decision: no_decision, No Budget: no_decision, Project Postponed: no_decision}}
    lead_exemptions:
      - {{rule: email_role, reason: They are answered, until: 2026-06-30}}
      - {{rule: name_placeholder, reason: Over the day before, until: 2026-06-29}}
"""


@pytest.fixture(autouse=True)
def _only_temporary_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "PIPELINE_SOURCES",
        "PIPELINE_AS_OF",
        "PIPELINE_BUILD_MANIFEST",
        "PIPELINE_WAREHOUSE",
        "PUBLISH_CONTACT_DETAILS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIPELINE_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "data" / "dagster"))


@dataclass(frozen=True)
class Ran:
    """A command that has ended: exit code and everything it printed."""

    code: int
    output: str


def run_pipeline(
    home: Path, sources: Path | None = None, as_of: str | None = None, command: str = "run", **extra: str
) -> Ran:
    """`python -m orchestration <command>` in a process of its own, as a user would start it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PIPELINE_", "DAGSTER_"))}
    env |= {"PIPELINE_HOME": str(home), "DO_NOT_TRACK": "1", **extra}
    if sources:
        env["PIPELINE_SOURCES"] = str(sources)
    if as_of:
        env["PIPELINE_AS_OF"] = as_of
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", *command.split()],
        cwd=PROJECT_ROOT, env=env, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout + done.stderr)


def shared_data(name: str) -> Path:
    """A folder of real input; skips where this machine has none (it may not be copied into the project)."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"real input {name} is not on this machine")
    return path


@pytest.fixture(scope="session")
def parsed_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose dbt project has been parsed with every system enabled."""
    from orchestration.lib.dbt_project import ensure_parsed

    settings = Settings(
        home=tmp_path_factory.mktemp("parsed"),
        sources_file=PROJECT_ROOT / "orchestration/sources.example.yaml",
    )
    ensure_parsed(settings, all_systems())
    return settings


def all_systems() -> list[str]:
    return sorted(
        path.name for path in (PROJECT_ROOT / "dbt_project/models/staging").iterdir() if path.is_dir()
    )


@pytest.fixture(scope="session")
def manifest(parsed_home: Settings) -> Mapping[str, Any]:
    """dbt's manifest of the whole project."""
    from orchestration.lib.dbt_project import manifest_path

    return json.loads(manifest_path(parsed_home).read_text())  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """One end-to-end run of a small generated organisation: its home, and what the run printed.

    Where several processes test at once (pytest-xdist), the first that asks runs it for all.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    folder.mkdir(exist_ok=True)
    printed = folder / "ran.json"
    with FileLock(folder / "lock"):
        if not printed.exists():
            sources = folder / "sources.yaml"
            sources.write_text(DEMO_SOURCES)
            printed.write_text(json.dumps(asdict(run_pipeline(folder / "data", sources))))
    return folder / "data", Ran(**json.loads(printed.read_text()))
