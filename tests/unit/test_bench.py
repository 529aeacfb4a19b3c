"""The benchmark measures what it says: by turns, on rows that are the same every time."""

from pathlib import Path

import duckdb

from bench.file_ingest import land
from bench.leads import COLUMNS, write_leads
from bench.timing import alternate, ratios


def test_things_are_timed_by_turns() -> None:
    called: list[str] = []
    timed = alternate({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, repeats=3)
    assert called == ["a", "b"] * 3
    assert [len(timed[name].wall) for name in "ab"] == [3, 3]


def test_a_ratio_is_taken_turn_by_turn() -> None:
    assert ratios([1.0, 4.0, 3.0], [2.0, 2.0, 2.0]) == {"median": 1.5, "spread": [0.5, 2.0]}


def test_every_generated_lead_lands(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    write_leads(folder / "Lead.csv", 500)
    first = (folder / "Lead.csv").read_bytes()
    write_leads(folder / "Lead.csv", 500)
    assert (folder / "Lead.csv").read_bytes() == first
    with duckdb.connect() as connection:
        columns = connection.execute("describe select * from read_csv(?)", [str(folder / "Lead.csv")])
        assert tuple(row[0] for row in columns.fetchall()) == COLUMNS
    (leads,) = land(folder / "Lead.csv", tmp_path / "home").objects
    assert (leads.landed_rows, leads.rejected_rows) == (500, 0)
