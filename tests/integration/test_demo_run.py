"""The whole road on a small generated organisation: one run, looked at from many sides."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Ran, run_pipeline
from tests.published import different_tables, published_file


@pytest.fixture(scope="module")
def home(demo_run: tuple[Path, Ran]) -> Path:
    folder, ran = demo_run
    assert ran.code == 0, ran.output
    return folder


@pytest.fixture(scope="module")
def marts(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        yield connection


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple:  # type: ignore[type-arg]
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def test_the_run_says_what_it_published_and_where(demo_run: tuple[Path, Ran], home: Path) -> None:
    output = demo_run[1].output
    assert str(home) in output
    assert "current.duckdb" in output
    assert "quarantined" in output.lower()
    assert "make ui" in output
    assert "Traceback" not in output


def test_every_enabled_mart_is_published(home: Path, marts: duckdb.DuckDBPyConnection) -> None:
    tables = {row[0] for row in marts.execute("select table_name from duckdb_tables()").fetchall()}
    parquet = {path.stem for path in (home / "published" / "current" / "parquet").iterdir()}
    assert tables == parquet
    assert {"rpt_rotten_pipeline", "rpt_prospecting_time", "rpt_lead_quality", "meta_build"} <= tables
    assert not [table for table in tables if table.startswith(("stg_", "int_"))]


def test_nothing_is_lost_between_the_source_and_the_marts(marts: duckdb.DuckDBPyConnection) -> None:
    assert one(
        marts, "select count(*) from meta_loads where extracted_count <> landed_count + rejected_count"
    ) == (0,)
    leads, trusted, quarantined, shared = one(
        marts,
        """select (select count(*) from fct_leads), (select count(*) from leads_trusted),
                  (select count(*) from leads_quarantined),
                  (select count(*) from leads_trusted join leads_quarantined using (lead_id))""",
    )
    assert leads == trusted + quarantined > 100
    assert shared == 0


def test_the_daily_pipeline_equals_the_versions_on_every_day(marts: duckdb.DuckDBPyConnection) -> None:
    days, deals = one(
        marts, "select count(distinct snapshot_date), count(distinct opportunity_id) from fct_pipeline_daily"
    )
    assert days > 300
    assert deals > 50


def test_a_build_is_described_by_its_own_row(home: Path, marts: duckdb.DuckDBPyConnection) -> None:
    build_id, as_of, finished, expected, evaluated = one(
        marts, "select build_id, as_of, finished_at, checks_expected, checks_evaluated from meta_build"
    )
    assert str(as_of).startswith("2026-06-30")
    assert finished is not None
    assert expected == evaluated > 50
    verdict = json.loads((home / "builds" / build_id / "verdict.json").read_text())
    assert verdict["build_id"] == build_id


def test_a_second_run_lands_nothing_and_publishes_the_same_rows(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"  # other tests read the demo meanwhile
    shutil.copytree(home, copy, symlinks=True, ignore=shutil.ignore_patterns("dagster"))
    before, files = published_file(copy), sorted((copy / "landing").rglob("*.parquet"))
    again = run_pipeline(copy, home.parent / "sources.yaml")
    assert again.code == 0, again.output
    assert sorted((copy / "landing").rglob("*.parquet")) == files
    assert published_file(copy) != before  # the home has moved, so it is built
    assert different_tables(before, published_file(copy)) == {}
    served = published_file(copy)
    for command in ("run", "build", "ingest"):
        idle = run_pipeline(copy, home.parent / "sources.yaml", command=command)
        assert idle.code == 0, idle.output
        assert "nothing new" in idle.output.lower() or "Nothing has changed since build" in idle.output
    assert published_file(copy) == served
    assert len(list((copy / "builds").iterdir())) == 2
    assert len(list((copy / "landing" / "_ingests" / "demo").iterdir())) == 1


def test_what_is_exempt_is_shown_and_does_not_count(marts: duckdb.DuckDBPyConnection) -> None:
    exempt = marts.execute(
        """select flag, exempted_reason, cast(exempted_until as varchar), max(weight) from fct_lead_flags
           where flag in ('email_role', 'name_placeholder') group by all order by flag"""
    ).fetchall()
    assert [(*row[:3], float(row[3])) for row in exempt] == [
        ("email_role", "They are answered", "2026-06-30", 0.0),
        ("name_placeholder", None, None, 0.86),
    ]
    assert one(marts, "select count(*) from rpt_lead_quality where contains(reasons, 'email_role')") == (0,)


def test_a_reader_cannot_tell_people_by_the_published_file(
    home: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    """No address or number of a lead or contact stands in any text of any published table."""
    columns = marts.execute(
        "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    ).fetchall()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home / 'warehouse.duckdb'}' as private (read_only)")
        connection.execute(f"attach '{published_file(home)}' as published (read_only)")
        connection.execute("""
            create temp table secrets as
            select distinct lower(trim(value)) as value from (
                select unnest([email, phone, mobile_phone]) as value
                from private.intermediate.int_leads_resolved
                union all
                select unnest([email, phone, mobile_phone]) from private.intermediate.int_contacts_resolved)
            where length(value) >= 9""")
        assert one(connection, "select count(*) from secrets")[0] > 1000
        for table, column in columns:
            found = connection.execute(rf"""
                select value from (
                    select distinct unnest(list_concat(
                        regexp_extract_all(lower("{column}"), '[^\s@<>"]+@[\w.-]+\w'),
                        regexp_extract_all("{column}", '\+?\(?\d[\d ()./-]{{6,}}\d'))) as value
                    from published.main."{table}") semi join secrets using (value) limit 3""").fetchall()
            assert not found, f"{table}.{column} tells {found}"


def test_evidence_shows_addresses_masked(marts: duckdb.DuckDBPyConnection) -> None:
    masked, flags = one(
        marts,
        r"""select count(*) filter (regexp_matches(evidence, '\s\S\*\*\*')), count(*)
            from fct_lead_flags where flag like 'email_%'""",
    )
    assert masked == flags > 0
