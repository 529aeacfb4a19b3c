"""Real exports, landed twice: every row is landed or rejected, and the second time nothing is new."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.landing import completed_ingests, ingest, landing_files
from orchestration.settings import Settings
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry
from tests.conftest import shared_data

pytestmark = pytest.mark.real_input
START = datetime(2026, 1, 1, tzinfo=UTC)
# Rows as data/README.md counts them; rejected rows where there are any.
EXPORTS: Mapping[str, tuple[dict[str, Any], dict[str, int]]] = {
    "marketstar_b2b": (
        {
            "system": "csv_mapping",
            "objects": {
                "lead": {"file": "Leads.csv", "columns": {"lead_id": "LeadId"}},
                "opportunity": {"file": "Opportunities.csv", "columns": {"opportunity_id": "OpportunityId"}},
                "user": {"file": "Employees.csv", "columns": {"user_id": "EmployeeId"}},
                # UTF-16LE, tabs, no key
                "activity": {"file": "experience-map.csv", "key": [], "columns": {"kind": "Activity Type"}},
            },
        },
        {"lead": 43_033, "opportunity": 1_061, "user": 8, "activity": 2_554},
    ),
    "maven_crm_opportunities": (
        {
            "system": "csv_mapping",
            "objects": {
                "opportunity": {
                    "file": "sales_pipeline.csv",
                    "columns": {"opportunity_id": "opportunity_id"},
                },
                "account": {"file": "accounts.csv", "columns": {"account_id": "account"}},
            },
        },
        {"opportunity": 8_800, "account": 85},
    ),
    "zoho_crm_demo": (
        {"system": "zoho"},
        {"Leads": 3_900, "Contacts": 1_265, "Accounts": 2_229, "Potentials": 3_632, "Tasks": 2_978,
         "Events": 2_978, "Calls": 4_100, "Users": 11},
    ),
    "salesforce_devorg_2026": (
        {"system": "salesforce"},
        {"Lead": 22, "Opportunity": 36, "OpportunityHistory": 48, "Account": 18, "Contact": 25},
    ),
}  # fmt: skip


def land(settings: Settings, entry: SourceEntry, now: datetime) -> dict[str, dict[str, Any]]:
    feeds = open_feeds(entry, now=now, progress=lambda _: None)
    report = ingest(settings, entry, feeds, now=now).to_dict()
    for item in report["objects"]:
        assert item["read_rows"] == item["unchanged_rows"] + item["extracted_rows"]
        assert item["extracted_rows"] == item["landed_rows"] + item["rejected_rows"]
    return {item["object"]: item for item in report["objects"]}


@pytest.mark.parametrize("name", EXPORTS)
def test_everything_lands_once(tmp_path: Path, name: str) -> None:
    facts, counts = EXPORTS[name]
    settings = Settings(home=tmp_path / "data", sources_file=tmp_path / "sources.yaml")
    entry = SourceEntry.model_validate({"name": "crm", "path": shared_data(name), **facts})
    first = land(settings, entry, START)
    assert {name: first[name]["landed_rows"] for name in counts} == counts
    assert all(item["rejected_rows"] == 0 for item in first.values())
    second = land(settings, entry, START + timedelta(hours=1))
    assert all(item["extracted_rows"] == item["deleted_rows"] == 0 for item in second.values())
    (objects,) = landing_files(settings, completed_ingests(settings, "crm")).values()
    for object_name, files in objects.items():
        paths = [str(path) for path in files]
        with duckdb.connect() as connection:
            (found,) = connection.execute("select count(*) from read_parquet(?)", [paths]).fetchall()
        assert found == (first[object_name]["landed_rows"],)


def test_calendars_land_once(tmp_path: Path) -> None:
    path = shared_data("calendars") / "collective+icalendar"
    settings = Settings(home=tmp_path / "data", sources_file=tmp_path / "sources.yaml")
    facts = {"name": "cal", "system": "icalendar", "path": path, "owner": "ann@acme.io"}
    entry = SourceEntry.model_validate(facts)
    first = land(settings, entry, START)["occurrences"]
    assert first["landed_rows"] > 1000
    assert first["rejected_rows"] > 0
    second = land(settings, entry, START + timedelta(hours=1))["occurrences"]
    assert (second["landed_rows"], second["deleted_rows"]) == (0, 0)
    assert second["rejected_rows"] == first["rejected_rows"]
