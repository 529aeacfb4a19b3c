"""Workbooks, Parquet, zips and compressed files as text."""

import gzip
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.chart import BarChart

from orchestration.errors import PipelineError
from orchestration.sources.files import find_files, header_of, read_file
from orchestration.sources.workbooks import cell_text, read_sheet
from tests.unit.source_files import workbook

NAIVE = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)  # as Excel has them


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
