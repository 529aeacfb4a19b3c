"""The leads that measure 7 scores: the same every time, polluted as said, and a day of changes."""

from pathlib import Path

import duckdb

from bench.file_ingest import land
from bench.lead_people import CHANGED_SHARE, write_people

LEADS = 5_000


def test_leads_are_the_same_every_time_and_polluted_as_said(tmp_path: Path) -> None:
    export, again = tmp_path / "export" / "Lead.csv", tmp_path / "again.csv"
    export.parent.mkdir()
    write_people(export, LEADS)
    write_people(again, LEADS)
    assert export.read_bytes() == again.read_bytes()
    with duckdb.connect() as connection:
        placeholders = connection.execute(
            """
            select
                count(*) filter ("Email" = 'noreply@example.com'),
                count(*) filter ("Phone" = '+1 555 555 5555'),
                count(*) filter ("FirstName" = 'Test' and "LastName" = 'Test'),
                count(*) filter ("Company" = 'n/a')
            from read_csv(?, all_varchar = true)
            """,
            [str(export)],
        ).fetchone()
    assert placeholders == (LEADS / 50,) * 4
    (leads,) = land(export, tmp_path / "home").objects
    assert (leads.landed_rows, leads.rejected_rows) == (LEADS, 0)


def test_the_next_day_one_in_a_hundred_has_changed(tmp_path: Path) -> None:
    first, next_day = tmp_path / "first.csv", tmp_path / "next.csv"
    write_people(first, LEADS)
    write_people(next_day, LEADS, is_next_day=True)
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (first, next_day))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert 0.5 * CHANGED_SHARE * LEADS < len(changed) < 2 * CHANGED_SHARE * LEADS
    assert {old.split(",")[0] for old, _ in changed} == {new.split(",")[0] for _, new in changed}
