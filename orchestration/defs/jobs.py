"""Jobs and schedules: `ingest` (one run per source), then `build` (one run, one process)."""

from collections.abc import Mapping, Sequence

import dagster as dg

from orchestration.lib.asset_keys import BUILD_MANIFEST, PUBLISHED

INGEST_AT = "0 4 * * *"
BUILD_AT = "0 5 * * *"


def jobs_and_schedules(
    landing_keys: Mapping[str, Sequence[dg.AssetKey]],
    model_keys: Sequence[dg.AssetKey],
    time_zone: str,
    published_keys: Sequence[dg.AssetKey] = (PUBLISHED,),
) -> dg.Definitions:
    """`landing_keys`: source instance -> its assets; `published_keys`: what ends a build. The
    schedules run in the reporting time zone.

    The build does not wait for the ingest: it uses each source's last complete load, and a source
    that is required or too old blocks publication by name.
    """
    everything = [key for keys in landing_keys.values() for key in keys]
    ingest = dg.define_asset_job(
        "ingest",
        selection=dg.AssetSelection.assets(*everything),
        description="Land what is new from every source. The schedule starts one run per source.",
        executor_def=dg.in_process_executor,
        tags={"pipeline_truth/job": "ingest"},  # dagster.yaml lets two of these run at a time
    )
    build = dg.define_asset_job(
        "build",
        selection=dg.AssetSelection.assets(BUILD_MANIFEST, *model_keys, *published_keys),
        description="Landing to published marts: dbt, then Great Expectations, then the swap.",
        executor_def=dg.in_process_executor,
        tags={"pipeline_truth/job": "build"},  # and one of these
    )

    @dg.schedule(
        name="ingest_daily",
        job=ingest,
        cron_schedule=INGEST_AT,
        execution_timezone=time_zone,
        description="One run per source, so that one source's failure does not touch another.",
    )
    def ingest_daily(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        day = context.scheduled_execution_time.date().isoformat()
        return [
            dg.RunRequest(run_key=f"{name}-{day}", asset_selection=list(keys), tags={"source_instance": name})
            for name, keys in landing_keys.items()
        ]

    build_daily = dg.ScheduleDefinition(
        name="build_daily",
        job=build,
        cron_schedule=BUILD_AT,
        execution_timezone=time_zone,
        description="An hour after the ingest, from each source's last complete load.",
    )
    return dg.Definitions(jobs=[ingest, build], schedules=[ingest_daily, build_daily])
