"""What was said of leads and deals on a day of the past: verdicts and flags, computed anew from landing.

Belongs here: one day, on a warehouse of its own. Days and their order are the job's. The result,
`$PIPELINE_HOME/flag_history/<table>/<day>.parquet`, is derived: it may be deleted and computed again.
"""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb

from orchestration.errors import PipelineError
from orchestration.lib import builds, dbt_project
from orchestration.lib.build_inputs import enabled_systems, resolve_as_of
from orchestration.lib.build_plan import plan_build
from orchestration.lib.content import quoted, text
from orchestration.lib.warehouse import named_lock
from orchestration.settings import Settings
from orchestration.sources_file import SourcesFile

TABLES = ("rpt_lead_quality", "fct_lead_flags", "fct_deal_flags")
_WAIT_SECONDS = 6 * 3600.0  # days of one backfill wait for each other


def recompute_day(
    settings: Settings, sources: SourcesFile, day: date, *, run_id: str, with_later_knowledge: bool = False
) -> dict[str, int]:
    """Write the history tables of one day and return their rows: what a build made at the end of that day
    in the reporting zone would have had, `as_of` and `known_at` being that moment.

    `with_later_knowledge` reads all that has been landed since, too: for the days before the first ingest.
    Neither the warehouse nor what is served is touched. Raises PipelineError where nothing had been landed
    by then, or where a model or a data test fails.
    """
    scratch = settings.work / "flag_history"
    with named_lock(settings.home / "flag_history.lock", f"the history of {day}", wait_seconds=_WAIT_SECONDS):
        own = _own_home(settings, scratch)
        moment = resolve_as_of(day.isoformat(), sources, datetime.combine(day, time(), tzinfo=UTC))
        plan = plan_build(
            own,
            sources,
            run_id=run_id,
            now=moment.replace(tzinfo=UTC),
            as_of=day.isoformat(),
            known_at=None if with_later_knowledge else moment,
        )
        folder = builds.build_dir(own, plan.build_id)
        run = dbt_project.build(
            own,
            enabled_systems(sources),
            folder / builds.MANIFEST,
            [f"+{table}" for table in TABLES],
            is_alone=True,
        )
        if run.error or run.failed:
            names = ", ".join(result.unique_id.split(".")[2] for result in run.failed)
            raise PipelineError(
                f"The history of {day} was not computed: {run.error or names}.",
                "A build on that day would have been refused for the same reason; see the run's log.",
            )
        rows = {table: _keep(settings, own, table, day) for table in TABLES}
        shutil.rmtree(folder)
        own.warehouse.unlink()
    return rows


def history_file(settings: Settings, table: str, day: date) -> Path:
    """Parquet of one table and day: the table's columns, and `history_day` before them."""
    return settings.flag_history / table / f"{day.isoformat()}.parquet"


def _own_home(settings: Settings, scratch: Path) -> Settings:
    """A home with the same landing and nothing else. It stays where it is from day to day, so that dbt
    finds its parsed project again."""
    scratch.mkdir(parents=True, exist_ok=True)
    landing = scratch / "landing"
    if not landing.is_symlink():
        landing.symlink_to(settings.landing, target_is_directory=True)
    for left in scratch.glob("warehouse.duckdb*"):
        left.unlink()
    return replace(settings, home=scratch)


def _keep(settings: Settings, own: Settings, table: str, day: date) -> int:
    target = history_file(settings, table, day)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.tmp")
    with duckdb.connect(str(own.warehouse), read_only=True) as connection:
        connection.execute(
            f"copy (select date {text(day.isoformat())} as history_day, * from main.{quoted(table)}"
            f" order by all) to {text(fresh)} (format parquet, compression zstd)"
        )
        row = connection.execute(f"select count(*) from main.{quoted(table)}").fetchone()
    fresh.replace(target)
    return int(row[0]) if row else 0
