"""HubSpot's exports land as the API's objects: labels, values, associations."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.sources.crm.hubspot_labels import LABELS, SINGULAR
from tests.unit.landing_doubles import Source
from tests.unit.source_files import entry, feeds_of, files_with, rows_of

DEALS = "hubspot-crm-exports-all-deals-2026-03-01.csv"


def landed(folder: Path, files: dict[str, str], **more: Any) -> dict[str, list[dict[str, Any]]]:
    feeds = feeds_of(entry("hubspot", files_with(folder, files), **more))
    return {name: rows_of(feed) for name, feed in feeds.items()}


def test_labels_become_names_whatever_their_case(tmp_path: Path) -> None:
    text = "RECORD ID,Deal name,Deal Stage,Deal owner,amount,Amount in company currency\n1,Big,Won,Ann,5,6\n"
    (row,) = landed(tmp_path / "a", {DEALS: text})["deals"]
    assert {name: value for name, value in row.items() if not name.startswith("_")} == {
        "id": "1", "dealname": "Big", "dealstage": "Won", "hubspot_owner_id": "Ann", "amount": "5",
        "Amount in company currency": "6",
    }  # fmt: skip


def test_a_stage_is_known_without_its_pipeline(tmp_path: Path) -> None:
    stages = ["Closed Won (Sales Pipeline)", "Closed Won", "Won (Other)", ""]
    text = "".join(f"{number},{stage},Sales Pipeline\n" for number, stage in enumerate(stages))
    rows = landed(tmp_path / "a", {DEALS: f"Record ID,Deal Stage,Pipeline\n{text}5,Won (x),\n"})["deals"]
    assert [row["dealstage"] for row in rows] == ["Closed Won", "Closed Won", "Won (Other)", None, "Won (x)"]


def test_a_second_column_of_a_property_lands_beside_it(tmp_path: Path) -> None:
    text = "Record ID,Company Name,Company,Original Traffic Source,Original Source\n1,A,B,Email Marketing,x\n"
    (row,) = landed(tmp_path / "a", {"contacts.csv": text})["contacts"]
    assert (row["company"], row["export_Company"]) == ("A", "B")
    assert (row["hs_analytics_source"], row["Original Source"]) == ("EMAIL_MARKETING", "x")


@pytest.mark.parametrize(
    ("name", "label", "shown", "written"),
    [
        ("contacts", "Lifecycle Stage", "Marketing Qualified Lead", "marketingqualifiedlead"),
        ("contacts", "Lead Status", "Attempted to Contact", "Attempted to Contact"),
        ("deals", "Deal Type", "Existing Business", "existingbusiness"),
        ("deals", "Deal probability", "12.5%", "0.125"),
        ("deals", "Deal probability", "0.2", "0.2"),
        ("deals", "Forecast category", "Not forecasted", "OMIT"),
        ("deals", "Forecast category", "Best case", "BEST_CASE"),
        ("deals", "Deal owner", "Ann Lee (ann@acme.example)", "ann@acme.example"),
        ("deals", "Deal owner", "Bob Ray (Deactivated User)", "Bob Ray"),
        ("calls", "Call duration", "00:01:30", "90000"),
        ("calls", "Call duration (HH:mm:ss)", "00:01:30", "90000"),
        ("calls", "Call duration", "90000", "90000"),
        ("calls", "Call outcome", "Connected", "f240bbac-87c9-4f6e-bf70-924b57d47db7"),
        ("calls", "Call outcome", "Left voicemail", "Left voicemail"),
        ("emails", "Email direction", "Incoming email", "INCOMING_EMAIL"),
        ("meetings", "Meeting outcome", "No show", "NO_SHOW"),
        ("tasks", "Task status", "Not started", "NOT_STARTED"),
        ("calls", "Record source", "Automation platform", "AUTOMATION_PLATFORM"),
        ("owners", "Primary team", 'North "1"', '[{"name":"North \\"1\\""}]'),
        ("owners", "Status", "Deactivated", "true"),
    ],
)
def test_values_are_written_as_by_the_api(
    tmp_path: Path, name: str, label: str, shown: str, written: str
) -> None:
    target = LABELS[name].get(label, "hubspot_owner_id")
    quoted = shown.replace('"', '""')
    (row,) = landed(tmp_path / "a", {f"{name}.csv": f'Record ID,{label}\n1,"{quoted}"\n'})[name]
    assert row[target] == written


def test_ids_of_others_are_associations(tmp_path: Path) -> None:
    files = {
        "deals.csv": "Record ID,Associated Contact IDs,Associated Company IDs (Primary),"
        "Associated Company IDs\n1,12; 14,50,51;50\n2,,,\n",
        "calls.csv": "Record ID,Associated Contact IDs\n7,12\n",
    }
    rows = landed(tmp_path / "a", files)["associations"]
    found = {
        (row["fromObjectType"], row["fromObjectId"], row["toObjectType"]): {
            end["toObjectId"]: [kind["label"] for kind in end["associationTypes"]]
            for end in json.loads(row["to"])
        }
        for row in rows
    }
    assert found == {
        ("deals", "1", "contacts"): {"12": [], "14": []},
        ("deals", "1", "companies"): {"50": ["Primary"], "51": []},
        ("calls", "7", "contacts"): {"12": []},
    }
    partial = landed(tmp_path / "b", files, export="partial")["associations"]
    ended = {(row["fromObjectId"], row["toObjectType"]) for row in partial if row["to"] == "[]"}
    assert ended == {("2", "contacts"), ("2", "companies")}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("hubspot-crm-exports-all-contacts-2026-03-01", "contacts"),
        ("Companies (1)", "companies"),
        ("line-items_2", "line_items"),
        ("my open deal", "deals"),
        ("Users", "owners"),
        ("owners", "owners"),
        ("deals with companies", None),
        ("pipeline report", None),
    ],
)
def test_the_name_of_a_file_says_what_it_holds(tmp_path: Path, name: str, found: str | None) -> None:
    files = {f"{name}.csv": "Record ID,Email\n1,x\n", "notes.csv": "Record ID,Note body\n1,x\n"}
    feeds = feeds_of(entry("hubspot", files_with(tmp_path / "a", files)))
    assert set(feeds) == {"notes", *([found] if found else [])}
    warned = [warning for feed in feeds.values() for warning in feed.warnings if "not read" in warning]
    assert warned == ([] if found else [f"not read: {name}.csv"])
    told = [warning for feed in feeds.values() for warning in feed.warnings if "must say" in warning]
    assert bool(told) == (found is None)
    assert all("contacts, companies, deals" in text for text in told)


@pytest.mark.parametrize(
    ("column", "is_told"),
    [("Dealphase", True), ("Deal Stage", False), ("dealstage", False), ("Is Deal Closed?", False)],
)
def test_deals_of_which_nothing_says_whether_they_are_open(
    tmp_path: Path, column: str, is_told: bool
) -> None:
    text = f"Record ID,Deal Name,{column}\n1,Big,Closed Won\n"
    (feed,) = feeds_of(entry("hubspot", files_with(tmp_path / "a", {"deals.csv": text}))).values()
    assert any("no column Deal Stage" in warning for warning in feed.warnings) == is_told


def test_a_list_of_users_may_come_without_ids(tmp_path: Path) -> None:
    files = {"users.csv": "First name,Last name,Email\nAnn,Lee,ann@acme.example\n"}
    (row,) = landed(tmp_path / "a", files)["owners"]
    assert (row["id"], row["email"], row["lastName"]) == ("ann@acme.example", "ann@acme.example", "Lee")


def test_without_ids_nothing_lands(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="Record ID"):
        landed(tmp_path / "a", {"deals.csv": "Deal Name\nBig\n"})
    with pytest.raises(PipelineError, match="says in its name"):
        landed(tmp_path / "b", {"report.csv": "Record ID\n1\n"})


def test_labels_of_another_language_are_told(tmp_path: Path) -> None:
    feeds = feeds_of(entry("hubspot", files_with(tmp_path / "a", {"deals.csv": "Record ID,Betrag\n1,5\n"})))
    assert [warning for warning in feeds["deals"].warnings if "English" in warning]


def test_a_deal_that_an_export_no_longer_lists_is_deleted(tmp_path: Path) -> None:
    source = Source(tmp_path / "home", system="hubspot", path=tmp_path / "a", accept_shrink=True)
    for text in ("Record ID,Amount\n1,5\n2,6\n", "Record ID,Amount\n1,5\n"):
        files_with(tmp_path / "a", {"deals.csv": text})
        source.ingest(*feeds_of(source.entry).values())
    rows = source.landed("_record_key, _change", name="deals", system="hubspot")
    assert rows == [("1", "upsert"), ("2", "upsert"), ("2", "delete")]


def test_every_label_names_a_property_that_staging_reads() -> None:
    from orchestration.catalog import objects_of

    for name, labels in LABELS.items():
        assert set(labels.values()) <= set(objects_of("hubspot")[name].types), name
    assert set(SINGULAR) == set(LABELS)
