"""Day or month first, comma or point: decided for a whole column, or asked for."""

from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PipelineError
from orchestration.lib.column_formats import ColumnFormats, decide_formats
from orchestration.sources_file import Reporting, SourceEntry, SourcesFile


def decide(
    tmp_path: Path, values: list[str], field: str = "created_at", header: str = "When it was", **entry: str
) -> ColumnFormats:
    name = (
        "lead"
        if field == "employees"
        else "line_item"
        if field in ("unit_price", "quantity")
        else "opportunity"
    )
    return decide_columns(tmp_path, name, {field: (header, values)}, **entry)


def decide_columns(
    tmp_path: Path, name: str, columns: dict[str, tuple[str, list[str]]], **entry: str
) -> ColumnFormats:
    """`columns`: field -> (header in the file, values); the mapping has one capital, whatever the file."""
    file = tmp_path / "landed.parquet"
    selected = ", ".join(f'unnest(${field}) as "{header}"' for field, (header, _) in columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {selected}, 'upsert' as _change, 'leads.csv' as _source_file)"
            f" to '{file}' (format parquet)",
            {field: values for field, (_, values) in columns.items()},
        )
    sources = SourcesFile(
        reporting=Reporting(time_zone="UTC", currency="EUR"),
        sources=(
            SourceEntry.model_validate(
                {
                    "name": "crm",
                    "system": "csv_mapping",
                    "path": str(tmp_path),
                    "objects": {
                        name: {
                            "file": "x.csv",
                            "columns": {f"{name}_id": "Id"}
                            | {field: header.capitalize() for field, (header, _) in columns.items()},
                        }
                    },
                    **entry,
                }
            ),
        ),
    )
    landing = {"csv_mapping": {name: [{"source_instance": "crm", "files": [str(file)]}]}}
    return decide_formats(landing, sources)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["1/11/2021", "1/18/2021 0:00"], "mdy"),
        (["1/11/2021", "18/1/2021"], "dmy"),
        (["02/03/26 08:55 PM", "02/23/26 08:55 PM"], "mdy"),
        (["5.1.2026", "6.2.2026"], "dmy"),
        (["13-02-2026", "12-02-2026", "12-02-2026"], "dmy"),
    ],
)
def test_the_rows_without_doubt_decide(tmp_path: Path, values: list[str], order: str) -> None:
    assert [item["order"] for item in decide(tmp_path, values).date_orders] == [order]


@pytest.mark.parametrize(
    "values",
    [
        ["2021-01-05", "20210105"],
        ["04 Apr, 2021 00:02:00"],
        ["5. März 2026", "1er août 2026"],
        ["12 de mayo de 2026", "12-sept.-26"],
        ["Monday, January 5th, 2026"],
        [""],
        ["1/1/2021"],
        ["45293", "45293,5"],
        ["1767571200000"],
        ["1767571200"],
        ["20260105093000"],
    ],
)
def test_no_decision_where_none_is_needed(tmp_path: Path, values: list[str]) -> None:
    assert decide(tmp_path, values).date_orders == []


def test_a_column_that_decides_nothing_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        decide(tmp_path, ["1/2/2021", "3/4/2021"])
    assert "crm" in str(caught.value)
    assert "leads.csv" in str(caught.value)
    assert "date_order" in caught.value.remedy
    assert [item["order"] for item in decide(tmp_path, ["1/2/2021"], date_order="dmy").date_orders] == ["dmy"]


@pytest.mark.parametrize(
    ("siblings", "order"),
    [
        ((["01/31/2021"],), "mdy"),
        ((["31/01/2021"], ["2021-01-31"]), "dmy"),
        ((["31/01/2021"], ["01/31/2021"]), None),
        ((["31.01.2021", "1.2.2021"],), None),  # of another program than the one that writes slashes
        ((["2021-01-31"],), None),
    ],
)
def test_the_other_dates_of_the_object_decide(
    tmp_path: Path, siblings: tuple[list[str], ...], order: str | None
) -> None:
    fields = dict(zip(["created_at", "modified_at"], siblings, strict=False))
    columns = {"close_date": ("Close", ["1/2/2021", "3/4/2021"])}
    columns |= {field: (field, values) for field, values in fields.items()}
    if order is None:
        with pytest.raises(PipelineError, match="column Close: 2 values such as '1/2/2021'"):
            decide_columns(tmp_path, "opportunity", columns)
        return
    decided = decide_columns(tmp_path, "opportunity", columns).date_orders
    assert {item["order"] for item in decided if item["column"] == "Close"} == {order}


def test_columns_of_one_field_are_decided_together(tmp_path: Path) -> None:
    file = tmp_path / "landed.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select *, 'upsert' as _change, 'deals.csv' as _source_file from (values"
            " ('13/02/2021', null, '1.234', null), (null, '03/04/2021', null, '1,5'))"
            f" v (Won, Lost, Net, Gross)) to '{file}' (format parquet)"
        )
    columns = {
        "opportunity_id": "Id",
        "close_date": ["Won", "Lost", "Planned"],
        "closed_at": ["Won", "Lost"],
        "amount": ["Net", "Gross"],
    }
    crm = {"name": "crm", "system": "csv_mapping", "path": str(tmp_path)}
    crm |= {"objects": {"opportunity": {"file": "x.csv", "columns": columns}}}
    sources = SourcesFile.model_validate(
        {"reporting": {"time_zone": "UTC", "currency": "EUR"}, "sources": [crm]}
    )
    landing = {"csv_mapping": {"opportunity": [{"source_instance": "crm", "files": [str(file)]}]}}
    formats = decide_formats(landing, sources)
    assert {item["column"]: item["order"] for item in formats.date_orders} == {
        "Won": "dmy",
        "Lost": "dmy",
        "Planned": "dmy",
    }
    assert sorted(commas(formats)) == ["Gross", "Net"]


@pytest.mark.parametrize("values", [["soon", "later"], ["31/31/2021"], ["Jan-26", "Feb-26"]])
def test_a_column_without_any_date_is_refused(tmp_path: Path, values: list[str]) -> None:
    with pytest.raises(PipelineError, match="none of its"):
        decide(tmp_path, values)


def test_some_unreadable_values_are_no_reason_to_stop(tmp_path: Path) -> None:
    assert decide(tmp_path, ["2021-01-05", "soon"]).date_orders == []


@pytest.mark.parametrize(
    ("values", "is_comma"),
    [
        (["1.234,50 €", "3,5"], True),
        (["1.250,- €", "250,-"], True),
        (["1'250.-"], False),
        (["$1,234.50", "$342.09K"], False),
        (["1,234", "5,678"], False),
        (["1234"], False),
        (["234.500 €", "1.234.567 €"], True),
        (["234,500", "1,234,567"], False),
    ],
)
def test_decimal_commas(tmp_path: Path, values: list[str], is_comma: bool) -> None:
    assert bool(decide(tmp_path, values, "amount").decimal_commas) is is_comma


def test_the_sources_file_decides_where_values_do_not(tmp_path: Path) -> None:
    assert decide(tmp_path, ["1.234"], "amount", decimal_separator=",").decimal_commas
    assert decide(tmp_path, ["5.000"], "employees", decimal_separator=",").decimal_commas


@pytest.mark.parametrize(
    ("values", "is_comma"),
    [(["1.250", "25"], True), (["1,250", "1.000"], False), (["5.000"], False), (["5.0", "12.0"], False)],
)
def test_a_whole_number_has_no_thousandths(tmp_path: Path, values: list[str], is_comma: bool) -> None:
    assert bool(decide(tmp_path, values, "employees").decimal_commas) is is_comma


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["1/1/2026", "2/1/2026", "3/1/2026"], "mdy"),
        (["01/01/2026", "01/02/2026"], "dmy"),
        (["2026-01", "2026-02"], None),
        (["Jan-26", "Feb-26"], None),
        (["März 2026", "févr. 26"], None),
        (["01/2026"], None),
    ],
)
def test_months_are_written_by_their_first_days(tmp_path: Path, values: list[str], order: str | None) -> None:
    file = tmp_path / "landed.parquet"
    with duckdb.connect() as connection:
        rows = ", ".join(f"('{value}')" for value in values)
        connection.execute(
            f"copy (select month, 'upsert' as _change, 'f' as _source_file from (values {rows}) v (month))"
            f" to '{file}' (format parquet)"
        )
    sources = SourcesFile(
        reporting=Reporting(time_zone="UTC", currency="EUR"),
        sources=(SourceEntry(name="plan", system="planning", path=tmp_path),),
    )
    landing = {"planning": {"account_costs": [{"source_instance": "plan", "files": [str(file)]}]}}
    orders = [item["order"] for item in decide_formats(landing, sources).date_orders]
    assert orders == ([order] if order else [])


def test_a_header_in_other_case_is_the_same_column(tmp_path: Path) -> None:
    (decided,) = decide(tmp_path, ["1/11/2021", "18/1/2021"], header="WHEN IT WAS").date_orders
    assert (decided["column"], decided["order"]) == ("When it was", "dmy")


def commas(formats: ColumnFormats) -> list[str]:
    return [item["column"] for item in formats.decimal_commas]


@pytest.mark.parametrize(
    ("values", "is_comma"),
    [
        (["0,925", "1,085"], True),
        (["0.925", "1.085"], False),
        (["1234,567", "1,085"], True),
        (["1.000.-"], True),
        (["1234.500", "250.125"], False),
        (["100.000", "120.000 €", "90.000"], True),
        (["100.000", "950"], True),
        (["100,000", "1500"], False),
    ],
)
def test_three_digits_behind_one_mark(tmp_path: Path, values: list[str], is_comma: bool) -> None:
    assert bool(decide(tmp_path, values, "amount").decimal_commas) is is_comma


@pytest.mark.parametrize(("values", "is_comma"), [(["12,500"], True), (["12.500"], False)])
def test_nobody_has_thousands_of_percent(tmp_path: Path, values: list[str], is_comma: bool) -> None:
    assert bool(decide(tmp_path, values, "probability").decimal_commas) is is_comma


@pytest.mark.parametrize(
    ("field", "values", "entry"),
    [
        ("amount", ["1.500", "2,500"], {}),
        ("amount", ["1.500", "12000"], {}),
        ("amount", ["1.500"], {"currency": "KWD"}),
        ("unit_price", ["1.250", "2.375"], {}),
    ],
)
def test_a_number_that_can_be_either_is_asked_for(
    tmp_path: Path, field: str, values: list[str], entry: dict[str, str]
) -> None:
    with pytest.raises(PipelineError, match="thousands") as caught:
        decide(tmp_path, values, field, **entry)
    assert "decimal_separator" in caught.value.remedy
    assert not decide(tmp_path, values, field, decimal_separator=".", **entry).decimal_commas
    assert decide(tmp_path, values, field, decimal_separator=",", **entry).decimal_commas


def test_the_other_columns_of_the_source_tell_how_it_writes_numbers(tmp_path: Path) -> None:
    price = ("Price", ["1.250"])
    found = decide_columns(tmp_path, "line_item", {"unit_price": price, "quantity": ("Quantity", ["2,5"])})
    assert commas(found) == ["Price", "Quantity"]
    found = decide_columns(tmp_path, "line_item", {"unit_price": price, "quantity": ("Quantity", ["2.5"])})
    assert commas(found) == []


def test_dates_with_points_tell_how_a_source_writes_numbers(tmp_path: Path) -> None:
    columns = {
        "amount": ("Amount", ["1.250", "12000"]),
        "created_at": ("Created", ["31.12.2025", "1.2.2026"]),
    }
    assert commas(decide_columns(tmp_path, "opportunity", columns)) == ["Amount"]
    columns["amount"] = ("Amount", ["1,250"])  # of money no thousandths either
    assert commas(decide_columns(tmp_path, "opportunity", columns)) == []


@pytest.mark.parametrize(("rates", "is_asked"), [(["1,085", "1,154"], True), (["1.085", "1.154"], False)])
def test_a_rate_is_no_sum_of_money(tmp_path: Path, rates: list[str], is_asked: bool) -> None:
    file = tmp_path / "landed.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select unnest($rates) as rate, 'upsert' as _change, 'f' as _source_file)"
            f" to '{file}' (format parquet)",
            {"rates": rates},
        )
    sources = SourcesFile(
        reporting=Reporting(time_zone="UTC", currency="EUR"),
        sources=(SourceEntry(name="plan", system="planning", path=tmp_path),),
    )
    landing = {"planning": {"exchange_rates": [{"source_instance": "plan", "files": [str(file)]}]}}
    if is_asked:
        with pytest.raises(PipelineError, match="rate"):
            decide_formats(landing, sources)
    else:
        assert decide_formats(landing, sources).decimal_commas == []
