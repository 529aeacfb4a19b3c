"""Schedules, in the reporting time zone. Off until somebody switches them on in the UI.

They do not pile up: after downtime Dagster starts only the last tick that was missed, and a tick starts
nothing while a run of the same kind is waiting or running.
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from orchestration.defs.build_requests import build_request
from orchestration.defs.jobs import Jobs
from orchestration.defs.runs import SOURCE_TAG, is_underway, sources_now
from orchestration.settings import Settings

INGEST_AT = "0 4 * * *"
BUILD_AT = "0 5 * * *"
DIGEST_AT = "0 7 * * 1"
TIDY_AT = "0 3 * * 0"
COMPACT_AT = "0 2 * * 0"


def pipeline_schedules(
    settings: Settings, jobs: Jobs, landing_keys: Mapping[str, Sequence[dg.AssetKey]], time_zone: str
) -> list[dg.ScheduleDefinition]:
    """`ingest_daily`, `build_daily`, `digest_weekly`, `tidy_weekly` and `compact_weekly`.

    `landing_keys`: source instance -> its assets.
    """

    @dg.schedule(
        name="ingest_daily",
        job=jobs.ingest,
        cron_schedule=INGEST_AT,
        execution_timezone=time_zone,
        description="One run per source, so that one source's failure does not touch another.",
    )
    def ingest_daily(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        day = context.scheduled_execution_time.date().isoformat()
        there = sources_now(settings)
        free = [
            name
            for name in landing_keys
            if name in there and not is_underway(context.instance, "ingest", name)
        ]
        if landing_keys and not free:
            return dg.SkipReason("Every source is being landed already.")
        return [
            dg.RunRequest(
                run_key=f"{name}-{day}", asset_selection=list(landing_keys[name]), tags={SOURCE_TAG: name}
            )
            for name in free
        ]

    @dg.schedule(
        name="build_daily",
        job=jobs.build,
        cron_schedule=BUILD_AT,
        execution_timezone=time_zone,
        description="An hour after the ingest, from each source's last complete load.",
    )
    def build_daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if is_underway(context.instance, "build"):
            return dg.SkipReason("A build is waiting or running already.")
        return build_request(settings, f"build-{context.scheduled_execution_time.date().isoformat()}")

    tidy_weekly = dg.ScheduleDefinition(
        name="tidy_weekly",
        job=jobs.tidy,
        cron_schedule=TIDY_AT,
        execution_timezone=time_zone,
        description="Old runs and their logs, on Sundays.",
    )
    compact_weekly = dg.ScheduleDefinition(
        name="compact_weekly",
        job=jobs.compact,
        cron_schedule=COMPACT_AT,
        execution_timezone=time_zone,
        description="Landing's small files, on Sundays, hours before the ingest.",
    )
    digest_weekly = dg.ScheduleDefinition(
        name="digest_weekly",
        job=jobs.digest,
        cron_schedule=DIGEST_AT,
        execution_timezone=time_zone,
        description="A page per manager, on Mondays before the week's first meeting.",
    )
    return [ingest_daily, build_daily, digest_weekly, tidy_weekly, compact_weekly]
