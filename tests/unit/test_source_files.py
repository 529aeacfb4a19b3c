"""Workbooks, Parquet and zips as text, and which file of an export is which object."""

import gzip
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.chart import BarChart

from orchestration.catalog import ObjectSpec, objects_of
from orchestration.errors import PipelineError
from orchestration.records import ObjectFeed
from orchestration.sources.crm.salesforce_export import salesforce_feeds
from orchestration.sources.files import find_files, header_of, read_file
from orchestration.sources.registry import declared_objects, open_feeds
from orchestration.sources.workbooks import cell_text, read_sheet
from orchestration.sources_file import MappedObject, SourceEntry

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAIVE = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)  # as Excel has them


def entry(system: str, path: Path, **more: Any) -> SourceEntry:
    return SourceEntry.model_validate({"name": "crm", "system": system, "path": path, **more})


def feeds_of(source: SourceEntry) -> dict[str, ObjectFeed]:
    return {feed.object: feed for feed in open_feeds(source, now=NOW, progress=lambda _: None)}


def rows_of(feed: ObjectFeed) -> list[dict[str, Any]]:
    return [row for batch in feed.batches for row in batch.rows.to_pylist()]


def files_with(folder: Path, contents: Mapping[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (timedelta(hours=-1, minutes=-30), "-1:30:00"),
        ("#N/A", None),
        ("#1", "#1"),
        (1.2345678901234568e18, "1.2345678901234568e+18"),
        (True, "TRUE"),
        ("NULL", None),
        (timedelta(days=1, hours=2, minutes=3, seconds=4), "26:03:04"),
        (NAIVE, "2026-01-05"),
        (NAIVE.replace(hour=9, minute=30), "2026-01-05 09:30:00"),
        (date(2026, 1, 5), "2026-01-05"),
        ("0012", "0012"),
    ],
)
def test_cells_as_text(value: object, text: str | None) -> None:
    assert cell_text(value) == text


def workbook(path: Path, sheets: Mapping[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_sheet_with_blank_rows_and_unnamed_columns(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", {"S": [["Id", "When", None], [1, NAIVE, None],
                                               [None, None, None], [2, None, "note"]]})  # fmt: skip
    (file,) = find_files(path, "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows.drop_columns("_source_file").to_pylist() == [
        {"Id": "1", "When": "2026-01-05", "_unnamed_3": None, "_source_row": 1},
        {"Id": "2", "When": None, "_unnamed_3": "note", "_source_row": 3},
    ]
    with pytest.raises(PipelineError, match="no sheet 'X'"):
        list(read_file(file, "crm", "X"))


def test_titles_above_a_sheets_column_names_are_told_and_left_out(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "b.xlsx",
        {
            "Board": [
                ["Sales pipeline"], [], ["As of", NAIVE], ["Leads in play"],
                ["Name", "Owner", "Stage", "Value", "Item ID"],
                ["Acme", "Ann", "Won", 1200, 7000000001], [], ["Beta", None, "Open", None, 7000000002],
            ],
            "Narrow": [["Quotas"], ["rep", "period"], ["ann", "2026-01"]],
        },
    )  # fmt: skip
    (file,) = find_files(path, "crm")
    (batch,) = read_file(file, "crm", "Board")
    assert [(row["Name"], row["Item ID"], row["_source_row"]) for row in batch.rows.to_pylist()] == [
        ("Acme", "7000000001", 1),
        ("Beta", "7000000002", 3),
    ]
    (told,) = batch.warnings
    assert told == "b.xlsx: left out above the column names: Sales pipeline; As of 2026-01-05; Leads in play"
    # two columns may as well be a narrow table with a note beside it
    (batch,) = read_file(file, "crm", "Narrow")
    assert (batch.rows.column_names[0], batch.warnings) == ("Quotas", ())


def test_a_sheet_is_read_to_its_end_whatever_size_it_states(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", {"S": [["Id", "Name"], [1, "a"], [2, "b"]]})
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:B3"' in content
                content = content.replace(b'ref="A1:B3"', b'ref="A1"', 1)
            new.writestr(name, content)
    rows = [row for batch in read_sheet(path.open("rb"), "b.xlsx", "crm") for row in batch.rows.to_pylist()]
    assert [(row["Id"], row["Name"]) for row in rows] == [("1", "a"), ("2", "b")]


def test_hidden_sheets_charts_and_blank_rows_above(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Lists"  # type: ignore[union-attr]
    book.active.append(["Stage"])  # type: ignore[union-attr]
    book.active.sheet_state = "hidden"  # type: ignore[union-attr]
    deals = book.create_sheet("Deals")
    deals["A3"], deals["B3"], deals["A4"], deals["B4"] = "Id", "Name", 1, "a"
    book.create_chartsheet("C", 0).add_chart(BarChart())
    book.save(tmp_path / "b.xlsx")
    (file,) = find_files(tmp_path / "b.xlsx", "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows.drop_columns("_source_file").to_pylist() == [{"Id": "1", "Name": "a", "_source_row": 1}]
    (batch,) = read_file(file, "crm", "Lists")
    assert batch.rows.column_names[0] == "Stage"
    with pytest.raises(PipelineError, match="no sheet 'C'"):
        list(read_file(file, "crm", "C"))


def test_a_text_that_is_merged_over_rows_is_that_of_each(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "b.xlsx",
        {"S": [[], ["Owner", "Id", "Sum"], ["Ann", "1", 9], [None, "2", None], [None, None, None],
               [None, "3", None], ["Bob", "4", 5], [None, "5", None]]},
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    for cells in ("A1:C1", "A3:A6", "C3:C6"):
        book["S"].merge_cells(cells)
    book.save(path)
    (file,) = find_files(tmp_path / "b.xlsx", "crm")
    (batch,) = read_file(file, "crm")
    found = [(row["Owner"], row["Id"], row["Sum"]) for row in batch.rows.to_pylist()]
    assert found == [
        ("Ann", "1", "9"), ("Ann", "2", None), ("Ann", "3", None), ("Bob", "4", "5"), (None, "5", None),
    ]  # fmt: skip


def test_formulas_without_results_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", {"S": [["Id", "Amount"], [1, "=A2*2"], [2, "=SUM(A2:A3)"], [3, 5]]})
    (file,) = find_files(path, "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows["Amount"].to_pylist() == [None, None, "5"]
    assert ["2 cells hold formulas without a result" in text for text in batch.warnings] == [True]
    # with results, one of them an empty text
    cells = b'<c r="B2"><f>A2*2</f><v>2</v></c>', b'<c r="B3" t="str"><f>IF(A3&gt;1,"","x")</f><v></v></c>'
    calculated = tmp_path / "c.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(calculated, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            for name, cell in zip((b"B2", b"B3"), cells, strict=True):
                data = re.sub(rb'<c r="' + name + rb'">.*?</c>', cell, data)
            new.writestr(item, data)
    (file,) = find_files(calculated, "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows["Amount"].to_pylist() == ["2", None, "5"]
    assert not batch.warnings


def test_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(b"not a workbook")
    (file,) = find_files(tmp_path, "crm")
    with pytest.raises(PipelineError, match=r"crm, file b\.xlsx: cannot be read as a workbook"):
        list(read_file(file, "crm"))


def test_parquet_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {"id": [1234567890123456789], "day": [date(2026, 1, 5)], "tags": [["a", "b"]], "no": [""]}
    )
    pq.write_table(table, tmp_path / "t.parquet")
    (file,) = find_files(tmp_path, "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows.to_pylist() == [
        {"id": "1234567890123456789", "day": "2026-01-05", "tags": "[a, b]", "no": None,
         "_source_file": "t.parquet", "_source_row": 1},
    ]  # fmt: skip
    pq.write_table(table.slice(0, 0), tmp_path / "t.parquet")
    assert header_of(file, "crm") == ("id", "day", "tags", "no")
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(PipelineError, match="Parquet"):
        list(read_file(file, "crm"))


def zipped(path: Path, contents: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return path


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


def mapping(path: Path, **objects: Any) -> SourceEntry:
    return entry("csv_mapping", path, objects=objects)


def test_mapped_files(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "m",
        {
            "Deals_1.csv": "No,Val\n1,5\n",
            "Deals_2.csv": "no,Val\n2,6\n",
            "t/T.csv": "Kind\ncall\n",
            "x.csv": "a\n",
        },
    )
    source = mapping(
        folder,
        opportunity={"file": "Deals_*.csv", "columns": {"opportunity_id": "No", "amount": "Val"}},
        activity={"file": ["t/T.csv"], "key": [], "columns": {"kind": "Kind"}},
    )
    feeds = feeds_of(source)
    assert feeds["opportunity"].key == ("No",)
    assert feeds["opportunity"].files == ("Deals_1.csv", "Deals_2.csv")
    assert feeds["activity"].key == ()
    assert rows_of(feeds["activity"])[0]["_source_file"] == "t/T.csv"
    assert feeds["opportunity"].warnings == ("not read: x.csv",)


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


def test_a_field_of_several_columns(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "m", {"D_1.csv": "No,Date won,Date lost,Owner\n", "D_2.csv": "No,Date won,Deal owner\n"}
    )
    columns: dict[str, Any] = {
        "opportunity_id": "No",
        "closed_at": ["Date won", "Date lost"],
        "owner_id": ["Owner", "Deal owner"],
    }
    source = mapping(folder, opportunity={"file": "D_*.csv", "columns": columns})
    assert feeds_of(source)["opportunity"].key == ("No",)
    for wrong, told in [
        (["Date won", "Date lust"], "there is no column 'Date lust'.*opportunity.closed_at.*\n.*Date lost"),
        (["Date lost", "Date lust"], "D_2.csv: there is no column 'Date lost'"),
    ]:
        columns["closed_at"] = wrong
        with pytest.raises(PipelineError, match=told):
            feeds_of(mapping(folder, opportunity={"file": "D_*.csv", "columns": columns}))


def test_a_name_that_stands_twice_is_refused_only_where_it_is_needed(tmp_path: Path) -> None:
    folder = files_with(tmp_path / "m", {"Deals.csv": "No,Val,Comment,comment\n1,5,a,b\n"})
    columns = {"opportunity_id": "No", "amount": "Val"}
    feed = feeds_of(mapping(folder, opportunity={"file": "Deals.csv", "columns": columns}))["opportunity"]
    assert rows_of(feed)[0]["comment (column 4)"] == "b"
    assert "Comment" in feed.warnings[0] or "comment" in feed.warnings[0]
    columns["next_step"] = "Comment"
    with pytest.raises(PipelineError, match=r"columns 3 \('Comment'\) and 4"):
        feeds_of(mapping(folder, opportunity={"file": "Deals.csv", "columns": columns}))
    files_with(tmp_path / "s", {"Lead.csv": "Id,Email,EMAIL,Mine,mine\n"})
    with pytest.raises(PipelineError, match=r"columns 2 \('Email'\) and 3"):
        feeds_of(entry("salesforce", tmp_path / "s"))


def test_a_line_end_in_a_header_is_a_blank(tmp_path: Path) -> None:
    folder = files_with(tmp_path / "m", {"D.csv": '"Deal\nNo","Close  Date",Close\n1,2026-01-05,x\n'})
    columns = {"opportunity_id": "Deal No", "close_date": "close date"}
    feed = feeds_of(mapping(folder, opportunity={"file": "D.csv", "columns": columns}))["opportunity"]
    assert feed.key == ("Deal No",)
    (row,) = rows_of(feed)
    assert (row["Deal No"], row["close date"], row["Close"]) == ("1", "2026-01-05", "x")


def test_sums_and_footnotes_are_no_records(tmp_path: Path) -> None:
    folder = files_with(
        tmp_path / "m",
        {
            "Deals.csv": "No,Name,Amount,Cur\nD-1,Acme,100,EUR\nTotal:,,300,EUR\nTotal Energies,Big,5,EUR\n"
            "Suma,,5,EUR\nSum,,2026-01-05,\nTotal,TotalEnergies,7000,EUR\nD 2,,,\nx,,,\n"
            "Confidential - do not share,,,\nThis list is made every night.,,,\n",
            "Leads.csv": "Name,Mail,Phone\nThe report ends after this line.,,\n"
            + "".join(f"Jane {number} Doe,,\n" for number in range(9))
            + "Dr. Maria Anna von Hohenstein,,\nCopyright (c) 2000-2026 salesforce.com,,\n",
            "Firms.csv": "Name,City\nTotal,Paris\n",
        },
    )
    source = mapping(
        folder,
        opportunity={"file": "Deals.csv", "columns": {"opportunity_id": "No", "amount": "Amount"}},
        lead={"file": "Leads.csv", "columns": {"lead_id": "Name", "email": "Mail"}},
        account={"file": "Firms.csv", "columns": {"account_id": "Name"}},
    )
    feeds = feeds_of(source)
    (batch,) = feeds["opportunity"].batches
    kept = ["D-1", "Total Energies", "Sum", "Total", "D 2", "x"]
    assert batch.rows["No"].to_pylist() == kept
    assert [(item.row, item.code) for item in batch.rejected] == [
        (2, "sum_row"), (4, "sum_row"), (9, "footnote"), (10, "footnote"),
    ]  # fmt: skip
    assert batch.rejected[0].record == '{"No": "Total:", "Amount": "300", "Cur": "EUR"}'
    (batch,) = feeds["lead"].batches  # a sentence far from the end, and people of whom no more is known
    assert batch.rows.num_rows == 11
    assert [(item.row, item.code) for item in batch.rejected] == [(12, "footnote")]
    assert rows_of(feeds["account"])[0]["Name"] == "Total"
    quotas = "rep,period,amount\nann,2026,5\nTotal,,5\nTotal,2026-Q1,5\nSuma,2026-Q1,5\n"
    files_with(tmp_path / "p", {"quotas.csv": quotas})
    (batch,) = feeds_of(entry("planning", tmp_path / "p"))["quotas"].batches
    assert [row["rep"] for row in batch.rows.to_pylist()] == ["ann", "Suma"]
    assert [item.code for item in batch.rejected] == ["sum_row", "sum_row"]


def test_a_header_that_is_repeated_is_no_record(tmp_path: Path) -> None:
    columns = {"owner_id": "Deal Owner", "stage": "Stage"}
    text = "Stage,Deal  Owner,,N,N\nNew,Ann,,1,x\nStage,Deal  Owner,,N,N\nStage,Ann,,2,y\nStage,,,,\n"
    folder = files_with(tmp_path / "m", {"D.csv": text})
    source = mapping(folder, opportunity={"file": "D.csv", "columns": columns, "key": []})
    (batch,) = feeds_of(source)["opportunity"].batches
    assert batch.rows["Stage"].to_pylist() == ["New", "Stage", "Stage"]
    assert [(item.row, item.code) for item in batch.rejected] == [(2, "header_row")]


def test_private_meetings_of_a_mapped_crm_land_as_busy_time(tmp_path: Path) -> None:
    text = "Id,Subject,Start,Who,Notes,Private\n1,Oncology,2026-01-05,Dr X,n,True\n"
    text += "2,Demo,2026-01-06,Bob,n,False\n"
    folder = files_with(
        tmp_path / "m", {"Cal.csv": f"{text}3,Ragged\n4,Therapy,2026-01-07,Dr Y,n,Vertraulich\n"}
    )
    columns = {"event_id": "Id", "subject": "Subject", "starts_at": "Start", "is_private": "Private"}
    (batch,) = feeds_of(mapping(folder, calendar_event={"file": "Cal.csv", "columns": columns}))[
        "calendar_event"
    ].batches
    rows = [
        [row[name] for name in ("Id", "Subject", "Start", "Who", "Notes")] for row in batch.rows.to_pylist()
    ]
    assert rows == [
        ["1", None, "2026-01-05", None, None],
        ["2", "Demo", "2026-01-06", "Bob", "n"],
        ["4", None, "2026-01-07", None, None],
    ]
    assert [(item.row, item.record) for item in batch.rejected] == [(3, "")]


@pytest.mark.parametrize(
    ("words", "subjects", "told"),
    [
        (["Öffentlich", "Público", "Publique", "privat", "Normaal", ""], 5, False),
        (["Team"] * 4 + ["no"] * 2, 2, True),
        (["Team"] * 2 + ["no"] * 3, 3, False),
        (["Vertraulich"] * 6, 0, False),
        (["Kundentermin"] * 6, 6, False),
        (["Geheim"] * 6, 0, False),
        (["Zahnarzt"] * 4, 0, False),
    ],
)
def test_a_word_that_hides_most_meetings_unasked_is_told(
    tmp_path: Path, words: list[str], subjects: int, told: bool
) -> None:
    text = "".join(f"{number},S,{word}\n" for number, word in enumerate(words))
    folder = files_with(tmp_path / "m", {"Cal.csv": f"Id,Subject,Private\n{text}"})
    mapped = {
        "file": "Cal.csv",
        "columns": {"event_id": "Id", "subject": "Subject", "is_private": "Private"},
        "values": {"is_private": {"Kundentermin": "false", "Geheim": "true"}},
    }
    (batch,) = feeds_of(mapping(folder, calendar_event=mapped))["calendar_event"].batches
    assert batch.rows["Subject"].null_count == len(words) - subjects
    assert any("says 'team' of most events" in warning for warning in batch.warnings) is told
    assert bool(batch.warnings) is told


def test_private_events_of_salesforce_land_as_busy_time(tmp_path: Path) -> None:
    text = "ID,SUBJECT,STARTDATETIME,CUSTOM__C,ISPRIVATE\n1,Oncology,2026-01-05T09:00:00Z,x,1\n2,Demo,,x,0\n"
    feeds = feeds_of(entry("salesforce", files_with(tmp_path / "s", {"Event.csv": text})))
    rows = rows_of(feeds["Event"])
    assert [(row["SUBJECT"], row["CUSTOM__C"]) for row in rows] == [(None, None), ("Demo", "x")]
    assert (rows[0]["ID"], rows[0]["STARTDATETIME"]) == ("1", "2026-01-05T09:00:00Z")


def test_planning_as_people_name_columns_and_sheets(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "plan.xlsx",
        {
            "Working hours": [["Rep", "Hours per week", "Valid-from", "Remark"], ["ann", 20, None, "x"]],
            "Quota": [["Rep", "Period", "Amount", "amount "]],
            "Notes": [["x"]],
        },
    )
    with pytest.raises(PipelineError, match="same name"):
        feeds_of(entry("planning", path))
    path = workbook(
        tmp_path / "plan.xlsx",
        {
            "Working hours": [["Rep", "Hours per week", "Valid-from", "Remark"], ["ann", 20, None, "x"]],
            "Quotas 2026": [["rep", "period", "a mount"]],
            "Notes": [["x"]],
        },
    )
    feeds = feeds_of(entry("planning", path))
    (row,) = rows_of(feeds["working_hours"])
    assert (row["rep"], row["hours_per_week"], row["valid_from"]) == ("ann", "20", None)
    assert feeds["working_hours"].key == ("rep", "valid_from")
    told = [text for feed in feeds.values() for text in feed.warnings]
    assert "plan.xlsx: sheets not read: Notes" in told
    assert any("columns that are not read: Remark; those of working_hours are rep," in text for text in told)


@pytest.mark.parametrize(
    ("mapped", "told"),
    [
        ({"file": "Lead.csv", "columns": {"lead_id": "Id"}}, ["lead", "Lead.csv", "Leads.csv"]),
        (
            {"file": "Leads.csv", "columns": {"lead_id": "Id", "email": "Mail"}},
            ["Leads.csv", "'Mail'", "E-Mail"],
        ),
        ({"file": "Leads.csv", "key": "No", "columns": {"lead_id": "Id"}}, ["Leads.csv", "No"]),
        ({"file": "notes.md", "columns": {"lead_id": "Id"}}, ["notes.md"]),
    ],
)
def test_mapping_mistakes(tmp_path: Path, mapped: dict[str, Any], told: list[str]) -> None:
    folder = files_with(tmp_path / "m", {"Leads.csv": "Id,E-Mail\n1,a@x.io\n", "notes.md": "x"})
    with pytest.raises(PipelineError) as error:
        feeds_of(mapping(folder, lead=mapped))
    for words in ["crm", *told]:
        assert words in str(error.value)


def test_planning_workbook_by_sheet(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "plan.xlsx",
        {"Quotas": [["rep", "period", "amount"], ["ann@acme.io", "2026-Q1", 50000]], "Notes": [["x"]]},
    )
    feeds = feeds_of(entry("planning", path))
    assert list(feeds) == ["quotas"]
    assert rows_of(feeds["quotas"])[0]["amount"] == "50000"


def test_a_workbook_named_after_an_object_keeps_its_sheet_beside_those_of_others(tmp_path: Path) -> None:
    quotas = [["rep", "period", "amount"], ["ann", "2026-Q1", 5]]
    teams = [["rep", "team"], ["ann", "x"]]
    path = workbook(
        tmp_path / "quotas.xlsx", {"Read me": [["Who to ask"]], "Teams": teams, "E": [], "Sheet1": quotas}
    )
    feeds = feeds_of(entry("planning", path))
    assert list(feeds) == ["quotas", "teams"]
    assert rows_of(feeds["quotas"])[0]["amount"] == "5"
    assert "quotas.xlsx: sheets not read: Read me, E" in feeds["quotas"].warnings
    path = workbook(tmp_path / "teams.xlsx", {"Teams": teams, "Sheet1": teams})
    assert len(rows_of(feeds_of(entry("planning", path))["teams"])) == 1


def test_hidden_sheets_are_no_objects(tmp_path: Path) -> None:
    quotas = [["rep", "period", "amount"], ["ann", "2026-Q1", 5]]
    path = workbook(
        tmp_path / "plan.xlsx", {"Quotas 2026": quotas, "Quotas": [*quotas, ["bob", "2026-Q1", 6]]}
    )
    book = openpyxl.load_workbook(path)
    book["Quotas"].sheet_state = "hidden"
    book.save(path)
    feed = feeds_of(entry("planning", path))["quotas"]
    assert [row["rep"] for row in rows_of(feed)] == ["ann"]
    assert "plan.xlsx: sheets not read: Quotas (hidden)" in feed.warnings


def test_planning_files_that_say_all_by_their_key(tmp_path: Path) -> None:
    files = {"holidays.csv": "Date\n2026-12-25\n", "target_accounts.csv": "Account,Rep\nAcme,Ann\n"}
    feeds = feeds_of(entry("planning", files_with(tmp_path / "p", files)))
    assert [feed.warnings for feed in feeds.values()] == [(), ()]
    files = {"holidays.csv": "Date,Feast\n2026-12-25,Christmas\n"}
    (feed,) = feeds_of(entry("planning", files_with(tmp_path / "q", files))).values()
    assert feed.warnings == ("holidays.csv: none of its columns but the key is known, for example Feast",)


def test_payments_without_their_numbers(tmp_path: Path) -> None:
    rows = "Invoice ID,Paid on,Amount\nR-1,2026-01-05,50\nR-1,2026-01-05,50\nTotal,,100\n"
    folder = files_with(tmp_path / "p", {"payments.csv": rows})
    feed = feeds_of(entry("planning", folder))["payments"]
    assert feed.key == ()
    (batch,) = feed.batches
    assert (batch.rows.num_rows, [item.code for item in batch.rejected]) == (2, ["sum_row"])
    assert not [text for text in (*feed.warnings, *batch.warnings) if "counts" in text]
    files_with(
        tmp_path / "p",
        {"payments_2025.csv": rows.replace("Amount", "amount").replace("05,50\nTotal", "06,50\nTotal")},
    )
    *_, last = feeds_of(entry("planning", folder))["payments"].batches
    assert ["1 row stands in several files alike, and each counts" in text for text in last.warnings] == [
        True
    ]
    numbered = files_with(tmp_path / "n", {"payments.csv": "Payment ID,Invoice ID,Amount\n7,R-1,50\n"})
    assert feeds_of(entry("planning", numbered))["payments"].key == ("payment_id",)


def test_planning_without_the_columns_that_may_be_empty(tmp_path: Path) -> None:
    files = {
        "claims.csv": "rep,claimed_cycle_days\nann,30\n",
        "list_prices.csv": "product,price,Valid from\np,3,2026-01-01\n",
    }
    feeds = feeds_of(entry("planning", files_with(tmp_path / "p", files)))
    assert feeds["claims"].key == ("rep", "valid_from")
    assert rows_of(feeds["claims"])[0]["valid_from"] is None
    (row,) = rows_of(feeds["list_prices"])
    assert (row["currency"], row["valid_from"]) == (None, "2026-01-01")
    rates = files_with(tmp_path / "r", {"exchange_rates.csv": "month,rate\n2026-01,1\n"})
    with pytest.raises(PipelineError, match="currency"):
        feeds_of(entry("planning", rates))


def test_a_planning_key_with_several_contents_is_told_with_its_places(tmp_path: Path) -> None:
    files = {
        "invoices_2025.csv": "invoice_id,account,amount\nI1,A,100\nI1,A,50\nI2,A,1\nI2,A,1\n,A,1\n,A,2\n",
        "invoices_2026.csv": "Invoice ID,account,amount\n I2 ,A,1\nI3,A,7\nI1,A,100\n",
        "claims.csv": "rep,claimed_cycle_days\nann,30\nann,31\nbob,1\n",
    }
    feeds = feeds_of(entry("planning", files_with(tmp_path / "p", files)))
    told = {name: [text for batch in feed.batches for text in batch.warnings] for name, feed in feeds.items()}
    (invoices,) = told["invoices"]
    assert invoices.startswith("invoices: 1 key stands in several rows with different contents")
    assert "in invoices_2025.csv, invoices_2026.csv" in invoices
    assert "invoice_id I1 in invoices_2026.csv row 3 and invoices_2025.csv row 2" in invoices
    (claims,) = told["claims"]
    assert "rep ann in claims.csv row 1 and claims.csv row 2" in claims


@pytest.mark.parametrize(
    ("name", "rows", "told"),
    [
        ("quotas.xlsx", [["Quotas 2026"], [], ["rep", "period"]], ["'Quotas 2026' is a title"]),
        ("quotas.xlsx", [["rep", "Q1 2026", "Q2 2026"]], ["one row per period"]),
        ("planning.xlsx", [["rep", "period"]], ["Or name sheets so; there are: Sheet1."]),
        ("planning.xls", [], ["planning.xls is an old Excel workbook", ".xlsx"]),
    ],
)
def test_planning_mistakes_have_their_own_remedies(
    tmp_path: Path, name: str, rows: list[list[Any]], told: list[str]
) -> None:
    if name.endswith(".xls"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    else:
        workbook(tmp_path / name, {"Sheet1": rows})
    with pytest.raises(PipelineError) as error:
        feeds_of(entry("planning", tmp_path))
    for words in told:
        assert words in str(error.value)


def test_variables_in_paths_are_told_to_stay(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"\$HOME are not read"):
        find_files(tmp_path / "$DATA" / "x", "crm")
    with pytest.raises(PipelineError, match=r"sources file\.$"):
        find_files(tmp_path / "x", "crm")


def test_calendar_owners_and_window(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{event}END:VCALENDAR\r\n"
    folder = files_with(tmp_path / "c", {"ann.ics": text, "team/bob@acme.io.ics": text, "x.txt": ""})
    source = entry("icalendar", folder, owner_from="file_name", owners={"ann": "ann@acme.io"})
    feed = feeds_of(source)["occurrences"]
    assert {row["calendar_owner"] for row in rows_of(feed)} == {"ann@acme.io", "bob@acme.io"}
    assert feed.warnings == ("not read: x.txt",)
    assert feed.listed_between is not None
    assert feed.listed_between[0] == "occurrence_start"
    assert feed.listed_between[1] < "2024-07-10"
    assert feed.key == objects_of("icalendar")["occurrences"].key


def test_calendars_in_zips_and_those_that_are_no_persons(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{event}END:VCALENDAR\r\n"
    team = "Team_c_1a2b@group.calendar.google.com.ics"
    (tmp_path / "c").mkdir()
    zipped(tmp_path / "c" / "ann@acme.io.ical.zip", {"ann@acme.io.ics": text, team: text})
    (tmp_path / "c" / "bob@acme.io.ics.gz").write_bytes(gzip.compress(text.encode()))
    feed = feeds_of(entry("icalendar", tmp_path / "c", owner_from="file_name"))["occurrences"]
    rows = rows_of(feed)
    assert {(row["calendar_owner"], row["_source_file"]) for row in rows} == {
        ("ann@acme.io", "ann@acme.io.ical.zip/ann@acme.io.ics"),
        ("bob@acme.io", "bob@acme.io.ics.gz"),
    }
    (warning,) = feed.warnings
    assert team in warning and "`owners`" in warning
    told = {PurePosixPath(team).stem: "lead@acme.io"}
    feed = feeds_of(entry("icalendar", tmp_path / "c", owner_from="file_name", owners=told))["occurrences"]
    assert "lead@acme.io" in {row["calendar_owner"] for row in rows_of(feed)}
    feed = feeds_of(entry("icalendar", tmp_path / "c", owner_from="folder_name"))["occurrences"]
    assert "ann@acme.io" in {row["calendar_owner"] for row in rows_of(feed)}
    zipped(tmp_path / "c" / "x.zip", {"a.ics": text})
    (tmp_path / "c" / "x.ics.gz").write_bytes(gzip.compress(text.encode())[:-8])
    with pytest.raises(PipelineError, match=r"x\.ics\.gz"):
        rows_of(feeds_of(entry("icalendar", tmp_path / "c", owner_from="file_name"))["occurrences"])


def test_calendars_within_a_persons_folder_are_that_persons(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{event}END:VCALENDAR\r\n"
    folder = files_with(
        tmp_path / "c", {"ann/2026/work.ics": text, "bob@acme.io/work.ics": text, "ann/carl/home.ics": text}
    )
    (folder / "dora").mkdir()
    zipped(folder / "dora" / "takeout-1.zip", {"Takeout/Calendar/Work.ics": text})
    owners = {"ann": "ann@acme.io", "carl": "carl@acme.io", "dora": "dora@acme.io", "Erik": "erik@acme.io"}
    source = entry("icalendar", folder, owner_from="folder_name", owners=owners)
    feed = feeds_of(source)["occurrences"]
    assert {(row["calendar_owner"], row["_source_file"]) for row in rows_of(feed)} == {
        ("ann@acme.io", "ann/2026/work.ics"),
        ("bob@acme.io", "bob@acme.io/work.ics"),
        ("carl@acme.io", "ann/carl/home.ics"),
        ("dora@acme.io", "dora/takeout-1.zip/Takeout/Calendar/Work.ics"),
    }
    assert feed.warnings == ("`owners` names what no folder is called: Erik",)


@pytest.mark.parametrize("system", ["salesforce", "zoho", "planning", "icalendar"])
def test_declared_objects_need_no_data(tmp_path: Path, system: str) -> None:
    more = {"owner": "ann@acme.io"} if system == "icalendar" else {}
    declared = declared_objects(entry(system, tmp_path / "nowhere", **more))
    assert declared == [(system, name) for name in objects_of(system)]


def test_declared_mapping(tmp_path: Path) -> None:
    mapped = MappedObject.model_validate({"file": "L.csv", "columns": {"lead_id": "Id"}})
    assert declared_objects(mapping(tmp_path, lead=mapped)) == [("csv_mapping", "lead")]


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


def test_compressed_files_go_by_what_is_inside(tmp_path: Path) -> None:
    (tmp_path / "Lead.CSV.GZ").write_bytes(gzip.compress(b"Id\n7\n"))
    (file,) = find_files(tmp_path, "crm")
    assert (file.stem, file.kind) == ("Lead", ".csv")
    (batch,) = read_file(file, "crm")
    assert batch.rows.to_pylist() == [{"Id": "7", "_source_file": "Lead.CSV.GZ", "_source_row": 1}]


def test_a_compressed_file_cut_short(tmp_path: Path) -> None:
    (tmp_path / "Lead.csv.gz").write_bytes(gzip.compress(b"Id\n7\n")[:-4])
    (file,) = find_files(tmp_path, "crm")
    with pytest.raises(PipelineError, match=r"Lead\.csv\.gz: cannot be read"):
        header_of(file, "crm")


def test_parquet_inside_a_zip(tmp_path: Path) -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"Id": [1234567890123456789]}), stream)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("Lead.parquet", stream.getvalue())
    (file,) = find_files(tmp_path, "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows["Id"].to_pylist() == ["1234567890123456789"]


def test_a_mapping_that_fits_nothing_names_the_first_row_and_the_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Summary"  # type: ignore[union-attr]
    book.active.append(["Leads of 2026"])  # type: ignore[union-attr]
    book.create_sheet("Leads").append(["Id"])
    book.save(tmp_path / "L.xlsx")
    with pytest.raises(PipelineError) as error:
        feeds_of(mapping(tmp_path, lead={"file": "L.xlsx", "columns": {"lead_id": "Id"}}))
    for words in ["L.xlsx", "first row", "Leads of 2026", "`sheet:`", "Summary, Leads"]:
        assert words in str(error.value)


def test_damaged_zip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK nothing")
    with pytest.raises(PipelineError, match=r"a\.zip"):
        find_files(tmp_path, "crm")


def test_workbook_inside_a_zip(tmp_path: Path) -> None:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Id"])  # type: ignore[union-attr]
    book.active.append([7])  # type: ignore[union-attr]
    book.save(stream)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("Lead.xlsx", stream.getvalue())
    (file,) = find_files(tmp_path, "crm")
    (batch,) = read_file(file, "crm")
    assert batch.rows["Id"].to_pylist() == ["7"]


def test_planning_in_full_from_csv_and_from_one_workbook(tmp_path: Path) -> None:
    """Every object of the catalog with every column, in a folder and in a workbook with a sheet for each."""
    catalog = objects_of("planning")
    header = {name: list(spec.types) for name, spec in catalog.items()}
    folder = files_with(
        tmp_path / "p",
        {f"{name}.csv": f"{','.join(columns)}\n{','.join(columns)}\n" for name, columns in header.items()},
    )
    sheets = {name.replace("_", " ").title(): [columns, columns] for name, columns in header.items()}
    for path in (folder, workbook(tmp_path / "plan.xlsx", sheets)):  # type: ignore[arg-type]
        feeds = feeds_of(entry("planning", path))
        assert list(feeds) == list(catalog)
        for name, feed in feeds.items():
            assert feed.key == catalog[name].key
            assert feed.warnings == ()
            (row,) = rows_of(feed)
            assert {column: row[column] for column in header[name]} == {c: c for c in header[name]}
