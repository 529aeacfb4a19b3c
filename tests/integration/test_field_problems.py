"""What an earlier build counted is taken over file by file, and the sums are those of counting anew."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib import dbt_project
from orchestration.lib.build_plan import plan_build
from orchestration.lib.builds import build_dir
from orchestration.lib.compaction import compact
from orchestration.sources_file import load_sources_file
from tests.unit.landing_doubles import START, Source, batch, feed

pytestmark = pytest.mark.long

SOURCES = """
reporting: {{time_zone: UTC, currency: EUR}}
sources:
  - {{name: crm, system: salesforce, path: ., time_zone: {zone}}}
"""
COLUMNS = ("Id", "Name", "CreatedDate", "NumberOfEmployees")


class Counted:
    """A source whose landed files are counted build after build in one warehouse."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.source = Source(home)
        self.settings = self.source.settings
        self.files: set[str] = set()
        self.use_zone("Europe/Berlin")

    def use_zone(self, zone: str) -> None:
        self.settings.sources_file.write_text(SOURCES.format(zone=zone))

    def land(self, *rows: tuple[str, str, str], is_complete: bool = False) -> None:
        records = [dict(zip(COLUMNS, (key, "n", *row), strict=True)) for key, *row in rows]
        self.source.ingest(feed([batch(records, COLUMNS)], is_complete=is_complete))

    def build(self, known_at: datetime | None = None) -> list[tuple[Any, ...]]:
        """(field, reason, count, sample, record) and the leads as they stand, by a build that goes on from
        the one before; the same counted anew must be the same. `files`: those that were looked at."""
        warehouse = self.settings.warehouse
        going_on = self._built(known_at)
        looked_at = self._files()
        shutil.move(warehouse, warehouse.with_suffix(".kept"))
        try:
            assert self._built(known_at) == going_on
            assert self._files() == looked_at
        finally:
            shutil.move(warehouse.with_suffix(".kept"), warehouse)
        self.files = looked_at
        return going_on

    def run(self, known_at: datetime | None = None) -> dbt_project.DbtRun:
        plan = plan_build(
            self.settings,
            load_sources_file(self.settings.sources_file),
            run_id="r",
            now=self.source.now,
            as_of="2026-06-30",
            known_at=known_at,
        )
        manifest = build_dir(self.settings, plan.build_id) / "manifest.json"
        models = ["int_field_problems", "+stg_salesforce__lead_snapshots"]
        return dbt_project.build(self.settings, ["salesforce"], manifest, models, is_alone=True)

    def _built(self, known_at: datetime | None) -> list[tuple[Any, ...]]:
        run = self.run(known_at)
        assert not run.is_failed, (run.error, run.failed)
        return self._rows(
            "select field, reason, sum(problem_count), min(sample), min(sample_key)"
            " from intermediate.int_field_problems where field is not null group by all"
        ) + self._rows(
            "select lead_id, created_at, loaded_at from staging.stg_salesforce__lead_snapshots"
            " where is_latest and not is_deleted"
        )

    def _files(self) -> set[str]:
        return {file for (file,) in self._rows("select landing_file from intermediate.int_field_problems")}

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(f"{sql} order by all").fetchall()


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """The tests below are days of one life, in their order."""
    yield Counted(tmp_path_factory.mktemp("counted") / "home")


def problems(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row for row in rows if len(row) > 3]


FIRST = ("CreatedDate", "unreadable", 1, "soon", "00Q1")
SKIPPED = ("CreatedDate", "doubtful_local_time", 1, "2026-03-29 02:30:00", "00Q2")


def test_the_first_build_counts_everything(crm: Counted) -> None:
    crm.land(("00Q1", "soon", "5"), ("00Q2", "2026-03-29 02:30:00", "7"))
    assert problems(crm.build()) == [SKIPPED, FIRST]
    assert len(crm.files) == 1


def test_a_load_is_added(crm: Counted) -> None:
    before = crm.files
    crm.land(("00Q3", "later", "many"))
    assert problems(crm.build()) == [
        SKIPPED,
        ("CreatedDate", "unreadable", 2, "later", "00Q1"),
        ("NumberOfEmployees", "unreadable", 1, "many", "00Q3"),
    ]
    assert len(crm.files - before) == 1


def test_a_record_changes_and_one_is_deleted(crm: Counted) -> None:
    before = crm.build()
    crm.land(("00Q1", "2026-01-01 00:00:00", "5"), ("00Q2", "2026-03-29 02:30:00", "7"), is_complete=True)
    after = crm.build()
    assert problems(after) == problems(before)  # all landed versions count
    assert {row[0] for row in before} - {row[0] for row in after} == {"crm:00Q3"}


def test_the_past_is_counted_without_what_came_later(crm: Counted) -> None:
    assert problems(crm.build(START + timedelta(hours=1, minutes=30))) == [SKIPPED, FIRST]
    assert len(problems(crm.build())) == 3


def test_small_files_become_one(crm: Counted) -> None:
    for number in range(8):
        crm.land((f"00Q9{number}", f"never {number}", "1"))
    past = START + timedelta(hours=2, minutes=30)
    before, then = crm.build(), crm.build(past)
    assert compact(crm.settings, now=datetime.now().astimezone() + timedelta(days=1))
    assert crm.build(past) == then
    assert len(crm.files) == 1
    assert crm.build() == before
    assert len(crm.files) == 1


def test_a_column_of_times_that_is_lost_stops_the_build(crm: Counted) -> None:
    lost = Counted(crm.settings.home.parent / "lost")
    for day in range(5):
        lost.land((f"00Q{day}", f"the {day}. of May", "1"))
    (failed,) = lost.run().failed
    assert failed.unique_id.endswith(".no_column_of_times_is_lost")
    lost.land(("00Q9", "2026-05-01 00:00:00", "1"))
    assert not lost.run().failed


def test_times_are_read_in_another_zone(crm: Counted) -> None:
    before = crm.build()
    crm.use_zone("UTC")
    after = crm.build()
    assert SKIPPED in before and SKIPPED not in after
    assert len(problems(after)) == 2
