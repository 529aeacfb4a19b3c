"""Verdicts and flags as they stood on days of the past: one partition per day, each computed by itself."""

from datetime import date
from typing import Any

import dagster as dg

from orchestration.defs.runs import JOB_TAG
from orchestration.errors import PipelineError
from orchestration.lib.asset_keys import HISTORY
from orchestration.settings import Settings
from orchestration.sources_file import SourcesFile

FIRST_DAY = "2020-01-01"  # partitions cost nothing until they are asked for


class HistoryConfig(dg.Config):
    """`with_later_knowledge`: read also what was landed after the day, for days before the first ingest."""

    with_later_knowledge: bool = False


def history_asset(settings: Settings, sources: SourcesFile) -> dg.AssetsDefinition:
    """One partition per day in the reporting zone; a backfill starts one run per day (Dagster's default),
    one at a time (dagster.yaml)."""

    @dg.asset(
        key=HISTORY,
        group_name="history",
        owners=["team:data-engineering"],
        kinds={"dbt", "parquet"},
        partitions_def=dg.DailyPartitionsDefinition(FIRST_DAY, timezone=sources.reporting.time_zone),
        description="Verdicts on leads and flags on leads and deals as a build at the end of that day would"
        " have had them: flag_history/<table>/<day>.parquet. Computed from landing beside the warehouse;"
        " neither it nor what BI reads is touched.",
    )
    def flag_history(context: dg.AssetExecutionContext, config: HistoryConfig) -> dg.MaterializeResult[Any]:
        from orchestration.lib.flag_history import recompute_day

        try:
            rows = recompute_day(
                settings,
                sources,
                date.fromisoformat(context.partition_key),
                run_id=context.run.run_id,
                with_later_knowledge=config.with_later_knowledge,
            )
        except PipelineError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        return dg.MaterializeResult(
            metadata={
                **{f"rows_of_{table}": n for table, n in rows.items()},
                "dagster/row_count": sum(rows.values()),
            }
        )

    return flag_history


def history_job() -> Any:
    """The job `history`: the asset's days, each in one process."""
    return dg.define_asset_job(
        "history",
        selection=dg.AssetSelection.assets(HISTORY),
        description="Recompute verdicts and flags for days of the past: choose the days under Backfills.",
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "history"},
    )
