"""Mistakes people make: one clear message, no traceback, nothing published, what was served stays."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.lib.dbt_project import ensure_parsed, target_path
from orchestration.settings import Settings
from tests.conftest import run_pipeline
from tests.unit.webhook import Receiver

HEADER = "Id,Email,Created\n"
REPORTING = "reporting: {time_zone: UTC, currency: EUR}\nsources:\n"
GOOD = REPORTING + (
    "  - name: crm\n    system: csv_mapping\n    path: .\n    objects:\n      lead:\n"
    "        file: leads.csv\n"
    "        columns: {lead_id: Id, email: Email, created_at: Created}\n"
)


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dbt's parse of the project, which takes most of a run that ends early: once for all of them."""
    home = tmp_path_factory.mktemp("parsed")
    settings = Settings(home=home, sources_file=folder_with(home, GOOD))
    ensure_parsed(settings, ["csv_mapping"])
    return target_path(settings)


def folder_with(
    tmp_path: Path, sources: str, leads: str | None = HEADER + "1,ann@acme.io,2026-01-05\n"
) -> Path:
    (tmp_path / "sources.yaml").write_text(sources)
    if leads is not None:
        (tmp_path / "leads.csv").write_text(leads)
    return tmp_path / "sources.yaml"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize(
    ("sources", "leads", "told"),
    [
        (GOOD, None, ["crm", "leads.csv"]),
        (GOOD, "Id,Mail,Created\n1,a@acme.io,2026-01-05\n", ["crm", "leads.csv", "Email"]),
        (GOOD.replace("csv_mapping", "siebel"), "", ["line 4", "siebel"]),
        (GOOD.replace("email: Email", "e_mail: Email"), "", ["line 9", "e_mail", "email"]),
        (GOOD.replace("path: .", "path: nowhere"), "", ["nowhere"]),
        (GOOD + "  - {name: crm, system: demo}\n", "", ["crm"]),
        (GOOD.replace("sources:\n", "sources:\n\t- broken"), "", ["line"]),
        (GOOD, HEADER + "1,a@acme.io,soon\n2,b@acme.io,later\n", ["crm", "leads.csv", "Created", "later"]),
        (GOOD, HEADER + "1,a@acme.io,1/2/2026\n2,b@acme.io,3/4/2026\n", ["Created", "date_order"]),
    ],
    ids=[
        "no file",
        "no column",
        "unknown system",
        "unknown field",
        "no folder",
        "same name twice",
        "not yaml",
        "unreadable dates",
        "ambiguous dates",
    ],
)
def test_one_clear_message(
    *, tmp_path: Path, parsed: Path, receiver: Receiver, sources: str, leads: str | None, told: list[str]
) -> None:
    path = folder_with(tmp_path, sources, leads)
    shutil.copytree(parsed, tmp_path / "data" / "work" / "dbt")
    hook = f"json://127.0.0.1:{receiver.server.server_port}"
    ran = run_pipeline(tmp_path / "data", path, "2026-06-30", PIPELINE_ALERT_URLS=hook)
    assert ran.code == 1, ran.output
    assert "Traceback" not in ran.output
    for words in told:
        assert words in ran.output, ran.output
    assert not (tmp_path / "data" / "published" / "current.duckdb").exists()
    # and whoever is to be alerted reads of the run that failed; a wrong sources file starts none
    failed = (
        "ingest of crm" if "Ingest crm: FAILED" in ran.output else "build" if "Build:" in ran.output else ""
    )
    assert receiver.titles == ([f"{failed} failed"] if failed else []), ran.output


@pytest.mark.long
def test_what_was_served_stays_served(tmp_path: Path, parsed: Path) -> None:
    shutil.copytree(parsed, tmp_path / "data" / "work" / "dbt")
    rows = "".join(f"{i},person{i}@company{i}.io,2026-01-{i % 28 + 1:02}\n" for i in range(1, 40))
    path = folder_with(tmp_path, GOOD + "  - {name: plan, system: planning, path: plan}\n", HEADER + rows)
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "holidays.csv").write_text("date\n2026-01-01\n")
    assert run_pipeline(tmp_path / "data", path, "2026-06-30").code == 0
    served = (tmp_path / "data" / "published" / "current").readlink()
    (tmp_path / "leads.csv").unlink()
    ran = run_pipeline(tmp_path / "data", path, "2026-06-30")
    assert ran.code == 1
    assert "still served" in ran.output
    assert "`build` builds what has landed, without what is new of crm." in ran.output
    assert (tmp_path / "data" / "published" / "current").readlink() == served
