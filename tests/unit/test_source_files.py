"""Which file of an export is which object, and what is said where none is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.catalog import ObjectSpec, objects_of
from orchestration.errors import PipelineError
from orchestration.records import ObjectFeed
from orchestration.sources.crm.salesforce_export import salesforce_feeds
from orchestration.sources.files import find_files
from orchestration.sources.registry import declared_objects, open_feeds
from orchestration.sources_file import SourceEntry
from tests.unit.source_files import NOW, entry, feeds_of, files_with, rows_of, zipped


def test_salesforce_names_zips_and_what_is_not_read(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "sf",
        {
            "sf_lead_data.csv": "Id,Email\n00Q1,a@x.io\n",
            "opportunities.csv": "Id,Name\n0061,Deal\n",
            "Invoice__c.csv": "Id\n1\n",
            "readme.md": "text",
            "old/Lead.csv": "Id\n00Q9\n",
            ".hidden.csv": "Id\n",
        },
    )
    zipped(
        folder / "WE_1.ZIP", {"OpportunityHistory.csv": "Id,StageName\n0081,Won\n", "Lead.csv": "Id\n00Q2\n"}
    )
    feeds = feeds_of(entry("salesforce", folder))
    assert list(feeds) == ["Lead", "Opportunity", "OpportunityHistory"]
    assert [row["Id"] for row in rows_of(feeds["Lead"])] == ["00Q2", "00Q1"]
    assert feeds["Lead"].files == ("WE_1.ZIP/Lead.csv", "sf_lead_data.csv")
    assert feeds["Lead"].key == ("Id",)
    assert feeds["Lead"].warnings[0] == "not read: Invoice__c.csv, old/, readme.md"
    assert feeds["Opportunity"].warnings == ()
    (folder / "Task.xls").write_bytes(b"<html>")
    feeds = feeds_of(entry("salesforce", folder))
    assert any("old Excel" in text and "Task.xls" in text for text in feeds["Lead"].warnings)


def test_salesforce_names_are_matched_to_the_catalog(tmp_path: Path) -> None:
    def spec(name: str) -> ObjectSpec:
        return ObjectSpec("salesforce", name, ("Id",), None, {"Id": "text"}, "")

    catalog = {name: spec(name) for name in ("Lead", "Opportunity", "OpportunityHistory")}
    names = [
        "LEADS.csv",
        "Opportunity (1).csv",
        "sf_opportunity_history_data.csv",
        "OpportunityHistoryGroup.csv",
    ]
    folder = files_with(tmp_path / "sf", dict.fromkeys(names, "Id\n1\n"))
    feeds = list(salesforce_feeds(entry("salesforce", folder), lambda _: None, catalog))
    assert {feed.object: feed.files for feed in feeds} == {
        "Lead": ("LEADS.csv",),
        "Opportunity": ("Opportunity (1).csv",),
        "OpportunityHistory": ("sf_opportunity_history_data.csv",),
    }
    assert "not read: OpportunityHistoryGroup.csv" in feeds[0].warnings
    assert any("none of its columns but the key is known" in text for text in feeds[0].warnings)


def test_an_export_without_its_key(tmp_path: Path) -> None:
    folder = files_with(tmp_path / "sf", {"Lead.csv": "Email\na@x.io\n"})
    with pytest.raises(PipelineError, match=r"crm, file Lead\.csv: column Id") as error:
        feeds_of(entry("salesforce", folder))
    assert "Email" in str(error.value)


@pytest.mark.parametrize("system", ["salesforce", "zoho", "planning"])
def test_a_folder_with_nothing_of_ours(tmp_path: Path, system: str) -> None:
    folder = files_with(tmp_path / "x", {"other.csv": "a\n1\n"})
    with pytest.raises(PipelineError, match=r"other\.csv"):
        feeds_of(entry(system, folder))


@pytest.mark.parametrize("system", ["salesforce", "zoho", "planning", "csv_mapping", "icalendar"])
def test_nothing_there(tmp_path: Path, system: str) -> None:
    more: dict[str, Any] = {}
    if system == "csv_mapping":
        more["objects"] = {"lead": {"file": "L.csv", "columns": {"lead_id": "Id"}}}
    if system == "icalendar":
        more["owner"] = "ann@acme.io"
    with pytest.raises(PipelineError, match="nowhere"):
        feeds_of(entry(system, tmp_path / "nowhere", **more))
    (tmp_path / "empty").mkdir()
    with pytest.raises(PipelineError, match="holds no file"):
        feeds_of(entry(system, tmp_path / "empty", **more))


def test_zoho_modules(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "z",
        {
            "Leads_001.csv": "LEADID,Email\n1,a@x.io\n",
            "Leads_002.csv": "LEADID,Email\n2,b@x.io\n",
            "Tasks.csv": "Subject\nCall\nCall\n",
        },
    )
    feeds = feeds_of(entry("zoho", folder, export="partial"))
    assert [row["LEADID"] for row in rows_of(feeds["Leads"])] == ["1", "2"]
    assert feeds["Tasks"].key == ()
    assert not feeds["Leads"].is_complete


def test_zoho_modules_as_crm_exports_them_today(tmp_path: Path) -> None:
    deals = "Record Id,Deal Name\nzcrm_1,A\n"
    folder = files_with(
        tmp_path / "z",
        {
            "Deals_2026_01_26.csv": deals,
            "Deals_2026_01_26 (1).csv": deals.replace("_1", "_2"),
            "Deals__2026_01_26.csv": "Record Id,Stage\nzcrm_1,Won\n",
            "Tasks_001.csv": "Record Id,Subject\nzcrm_3,Call\n",
            "Users_001.csv": "id,Email\n1,a@x.io\n",
            "Leads_001.csv": "Record Id,Email\nzcrm_5,a@x.io\n",
        },
    )
    feeds = feeds_of(entry("zoho", folder))
    assert [row["Record Id"] for row in rows_of(feeds["Potentials"])] == ["zcrm_2", "zcrm_1"]
    keys = {name: feed.key for name, feed in feeds.items()}
    ids = ("Record Id",)
    assert keys == {"Leads": ids, "Potentials": ids, "Tasks": ids, "Users": ("id",)}
    assert "not read: Deals__2026_01_26.csv" in feeds["Leads"].warnings
    files_with(folder, {"Leads_002.csv": "Email\na@x.io\n"})
    with pytest.raises(PipelineError, match="column LEADID"):
        feeds_of(entry("zoho", folder))


@pytest.mark.parametrize(
    ("system", "name", "header", "found"),
    [
        ("salesforce", "Opportunity_2026-03-01.csv", "Id,Name", "Opportunity"),
        ("salesforce", "Lead-20260301.csv", "Id,Email", "Lead"),
        ("salesforce", "extract_Opportunity.csv", "Id,Name", "Opportunity"),
        ("salesforce", "Lead_2026-03-01T0930.csv", "Id,Email", "Lead"),
        ("planning", "quotas_2026.csv", "rep,period,amount", "quotas"),
        ("planning", "Quotas FY2026.csv", "rep,period,amount", "quotas"),
        ("planning", "quotas-2026-q1.csv", "rep,period,amount", "quotas"),
        ("planning", "Quotas FY26.csv", "rep,period,amount", "quotas"),
        ("planning", "Target accounts Q2 2026.csv", "account,rep", "target_accounts"),
        ("planning", "quotas_FY25-26.csv", "rep,period,amount", "quotas"),
    ],
)
def test_dates_in_the_names_of_files(tmp_path: Path, system: str, name: str, header: str, found: str) -> None:
    folder = files_with(tmp_path / "x", {name: f"{header}\n"})
    assert list(feeds_of(entry(system, folder))) == [found]


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1250", "Łukasz Źdźbło"), ("cp1251", "Ирина"), ("shift_jis", "田中")]
)
def test_a_named_encoding_is_that_of_files_that_are_no_unicode(
    tmp_path: Path, encoding: str, name: str
) -> None:
    folder = files_with(tmp_path / "export", {"Contact.csv": "Id,Name\n003a,Zoë Łuk\n"})
    (folder / "Lead.csv").write_bytes(f"Id,Name\n00Qa,{name}\n00Qb,Plain\n".encode(encoding))
    feeds = feeds_of(entry("salesforce", folder, encoding=encoding))
    assert [row["Name"] for row in rows_of(feeds["Lead"])] == [name, "Plain"]
    assert [row["Name"] for row in rows_of(feeds["Contact"])] == ["Zoë Łuk"]


def test_an_encoding_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    for encoding in ("cp12500", "base64"):
        with pytest.raises(ValueError, match=f"'{encoding}' is no encoding of text"):
            entry("salesforce", tmp_path, encoding=encoding)


def test_private_events_of_salesforce_land_as_busy_time(tmp_path: Path) -> None:
    text = "ID,SUBJECT,STARTDATETIME,CUSTOM__C,ISPRIVATE\n1,Oncology,2026-01-05T09:00:00Z,x,1\n2,Demo,,x,0\n"
    feeds = feeds_of(entry("salesforce", files_with(tmp_path / "s", {"Event.csv": text})))
    rows = rows_of(feeds["Event"])
    assert [(row["SUBJECT"], row["CUSTOM__C"]) for row in rows] == [(None, None), ("Demo", "x")]
    assert (rows[0]["ID"], rows[0]["STARTDATETIME"]) == ("1", "2026-01-05T09:00:00Z")


def test_variables_in_paths_are_told_to_stay(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"\$HOME are not read"):
        find_files(tmp_path / "$DATA" / "x", "crm")
    with pytest.raises(PipelineError, match=r"sources file\.$"):
        find_files(tmp_path / "x", "crm")


@pytest.mark.parametrize("system", ["salesforce", "zoho", "planning", "icalendar"])
def test_declared_objects_need_no_data(tmp_path: Path, system: str) -> None:
    more = {"owner": "ann@acme.io"} if system == "icalendar" else {}
    declared = declared_objects(entry(system, tmp_path / "nowhere", **more))
    assert declared == [(system, name) for name in objects_of(system)]


def test_the_demo_lands_what_it_declares() -> None:
    source = SourceEntry.model_validate({"name": "demo", "system": "demo", "scale": 0.1})
    found: Iterator[ObjectFeed] = open_feeds(source, now=NOW, progress=lambda _: None)
    landed = {}
    for feed in found:
        table = next(iter(feed.batches)).rows
        assert {str(kind) for kind in table.drop_columns("_source_row").schema.types} == {"string"}
        assert set(feed.key) <= set(table.column_names)
        landed[(feed.system, feed.object)] = table.num_rows
    assert set(landed) == set(declared_objects(source))
