"""A day computed again is the day as it was built: same landing, same clocks, same rows."""

from pathlib import Path

import duckdb
import pytest

from orchestration.lib.content import text
from tests.conftest import Ran, run_pipeline

pytestmark = pytest.mark.long


def rows(relation: str, database: Path | None = None) -> list[tuple[object, ...]]:
    with duckdb.connect(
        str(database) if database else ":memory:", read_only=database is not None
    ) as connection:
        return connection.execute(
            f"select columns(c -> c <> 'history_day') from {relation} order by all"
        ).fetchall()


def test_a_day_is_what_was_built_on_it(demo_run: tuple[Path, Ran], tmp_path: Path) -> None:
    demo, ran = demo_run
    assert ran.code == 0, ran.output
    home = tmp_path / "home"
    home.mkdir()
    (home / "landing").symlink_to(demo / "landing")
    sources = demo.parent / "sources.yaml"
    # the demo's last day, landed long after it
    early = run_pipeline(home, sources, command="history --from 2026-06-30 --to 2026-06-30")
    assert early.code == 1 and "known at 2026-06-30" in early.output
    done = run_pipeline(
        home, sources, command="history --from 2026-06-29 --to 2026-06-30 --with-later-knowledge"
    )
    assert done.code == 0, done.output
    marts = (demo / "published" / "current.duckdb").resolve()
    for table in ("rpt_lead_quality", "fct_lead_flags", "fct_deal_flags"):
        files = sorted((home / "flag_history" / table).glob("*.parquet"))
        assert [file.stem for file in files] == ["2026-06-29", "2026-06-30"]
        before, last = (rows(f"read_parquet({text(file)})") for file in files)
        assert last == rows(table, marts), f"{table} of the day as it was built"
        assert before != last, f"{table} of the day before speaks of that day"
    assert not (home / "published").exists() and not (home / "warehouse.duckdb").exists()
