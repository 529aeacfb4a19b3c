"""The hash that tells a changed record: equal for equal content alone, and known by who made it."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.lib import content_hash
from orchestration.lib.content_hash import hash_sql
from tests.unit.landing_doubles import Source


def hashed(row: dict[str, str | None], *, is_key: bool = False) -> str:
    columns = ", ".join(
        f"{content_hash.text_literal(value) if value is not None else 'null::varchar'} as"
        f" {content_hash.quoted(name)}"
        for name, value in row.items()
    )
    with duckdb.connect() as connection:
        found = connection.execute(f"select {hash_sql(list(row), is_key=is_key)} from (select {columns})")
        return str((found.fetchone() or ("",))[0])


@pytest.mark.parametrize("is_key", [True, False])
def test_order_case_of_names_and_empty_columns_make_no_difference(is_key: bool) -> None:
    first = hashed({"a": "1", "b": "2"}, is_key=is_key)
    assert hashed({"B": "2", "A": "1"}, is_key=is_key) == first
    assert hashed({"a": "1", "b": "2", "c": None}, is_key=is_key) == first


@pytest.mark.parametrize("is_key", [True, False])
def test_other_contents_hash_differently(is_key: bool) -> None:
    rows: list[dict[str, str | None]] = [
        {"a": "1", "b": "2"},
        {"a": "2", "b": "1"},  # exchanged
        {"a": "1", "c": "2"},  # another column
        {"a": "1", "b": ""},
        {"a": "1"},
        {"a": "12"},
        {"a": "1", "b": "1"},  # equal values do not cancel out
        {"a": "2", "b": "2"},
        {"a": None, "b": None},
    ]
    assert len({hashed(row, is_key=is_key) for row in rows}) == len(rows)


def test_objects_of_a_thousand_columns() -> None:
    row: dict[str, str | None] = {f"column_{number}": str(number) for number in range(1200)}
    assert hashed(row) != hashed(row | {"column_1199": "another"})


def test_records_hashed_in_another_way_are_compared_by_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm = Source(tmp_path / "home")
    rows: list[dict[str, str | None]] = [
        {"Id": f"{number}", "Name": "n", "Empty": None} for number in range(9)
    ]
    crm.leads(rows)
    crm.leads(rows[:8])  # one tombstone, which has no hash
    for path in crm.settings.landing.glob("salesforce/Lead/*.parquet"):
        _with_md5(path)  # as versions before wrote them
    figures = crm.leads([{**row, "New": None} for row in rows[:7]] + [{"Id": "7", "Name": "changed"}])
    assert (figures["unchanged_rows"], figures["landed_rows"], figures["deleted_rows"]) == (7, 1, 0)
    # and by another DuckDB
    monkeypatch.setattr(content_hash, "hash_mark", lambda: "0123ab")
    figures = crm.leads([*rows[:7], {"Id": "7", "Name": "changed"}])
    assert (figures["unchanged_rows"], figures["landed_rows"], figures["deleted_rows"]) == (8, 0, 0)
    figures = crm.leads([*rows[:6], {"Id": "6", "Name": "changed"}, {"Id": "7", "Name": "changed"}])
    assert (figures["unchanged_rows"], figures["landed_rows"]) == (7, 1)
    assert str(crm.landed("_record_hash")[-1][0]).startswith("0123ab-")


def _with_md5(path: Path) -> None:
    columns: list[Any] = [n for n in pq.read_schema(path).names if not n.startswith("_")]
    sql = (
        f"select * replace (case when _record_hash is not null then {hash_sql(columns, is_key=True)} end"
        f" as _record_hash) from read_parquet('{path}')"
    )
    with duckdb.connect() as connection:
        pq.write_table(connection.execute(sql).to_arrow_table(), path)
