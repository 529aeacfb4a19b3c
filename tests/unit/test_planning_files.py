"""Planning files and workbooks as people name and fill them."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from tests.unit.source_files import entry, feeds_of, files_with, rows_of, workbook


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


def test_averages_below_the_claims_are_nobodys(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "claims.xlsx",
        {
            "Claims": [
                ["Rep", "Claimed prospecting share"],
                ["Ann Average", 0.3],
                ["Ben", 0.2],
                ["Average", 0.25],
                ["Ø", "25 %"],
                ["Durchschnitt:", 0.25],
            ]
        },
    )
    (batch,) = feeds_of(entry("planning", path))["claims"].batches
    assert [row["rep"] for row in batch.rows.to_pylist()] == ["Ann Average", "Ben"]
    assert [item.code for item in batch.rejected] == ["sum_row"] * 3


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
