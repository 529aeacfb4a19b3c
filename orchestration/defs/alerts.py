"""Who notices troubles: sensors on how runs end, and a look at the ledgers every five minutes.

There only where `PIPELINE_ALERT_URLS` is set, and then switched on.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import dagster as dg

from orchestration.defs.jobs import Jobs
from orchestration.defs.runs import source_of
from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.alerts import RunEnd, tell, without_people
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry

TOLD_JOBS = ("ingest", "build")
_LOOK_EVERY_SECONDS = 300
_NODE = re.compile(r"^(?:model|test|seed|unit_test|snapshot) ([\w.]+):", re.MULTILINE)
_LANDING = "land_"


def alert_sensors(
    settings: Settings, entries: Sequence[SourceEntry], jobs: Jobs
) -> list[dg.SensorDefinition]:
    """Empty where alerts are not configured."""
    if not settings.are_alerts_wanted:
        return []

    @dg.sensor(
        name="alerts_watch",
        minimum_interval_seconds=_LOOK_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of sources and builds that have become too old, and when that is over.",
    )
    def alerts_watch(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(_said(tell(settings, entries)))

    return [
        _run_sensor(settings, entries, jobs, "alerts_run_failed", dg.DagsterRunStatus.FAILURE),
        _run_sensor(settings, entries, jobs, "alerts_run_recovered", dg.DagsterRunStatus.SUCCESS),
        alerts_watch,
    ]


def tell_of_runs(
    settings: Settings,
    entries: Sequence[SourceEntry],
    instance: dg.DagsterInstance,
    since: datetime,
    warn: Callable[[str], object],
) -> None:
    """What a command says after its runs. A message that cannot be sent is a warning, never a failure."""
    if not settings.are_alerts_wanted:
        return
    records = instance.get_run_records(dg.RunsFilter(created_after=since))
    ends = [run_end(settings, instance, record.dagster_run) for record in records]
    try:
        tell(settings, entries, [end for end in ends if end is not None])
    except PipelineError as error:
        warn(f"Alerts: {error}")


def run_end(settings: Settings, instance: dg.DagsterInstance, run: dg.DagsterRun) -> RunEnd | None:
    """How a run of `ingest` or `build` ended; None for others and for one that goes on or was cancelled."""
    told = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
    record = instance.get_run_record_by_id(run.run_id)
    if record is None or run.job_name not in TOLD_JOBS or record.dagster_run.status not in told:
        return None
    is_failed = record.dagster_run.status is dg.DagsterRunStatus.FAILURE
    is_told_by_the_gate = is_failed and run.job_name == "build" and _was_blocked(settings, run.run_id)
    return RunEnd(
        job=run.job_name,
        source=source_of(run),
        run_id=run.run_id,
        ended_at=record.end_time or record.update_timestamp.timestamp(),
        reason=_reason(instance, run) if is_failed and not is_told_by_the_gate else None,
    )


def _run_sensor(
    settings: Settings,
    entries: Sequence[SourceEntry],
    jobs: Jobs,
    name: str,
    status: dg.DagsterRunStatus,
) -> dg.RunStatusSensorDefinition:
    @dg.run_status_sensor(
        name=name,
        run_status=status,
        monitored_jobs=[jobs.ingest, jobs.build],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of a failed ingest or build once, and of the first good run after it.",
    )
    def run_ended(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        end = run_end(settings, context.instance, context.dagster_run)
        return dg.SkipReason(_said(tell(settings, entries, [end] if end else [])))

    return run_ended


def _said(titles: Sequence[str]) -> str:
    return f"Told: {'; '.join(titles)}" if titles else "Nothing new to tell."


def _was_blocked(settings: Settings, run_id: str) -> bool:
    """Did the gate judge this run's build, and say no? Then the gate's own message says it."""
    try:
        build_id = builds.for_run(settings, run_id)["build_id"]
        verdict = builds.read_json(builds.build_dir(settings, build_id) / builds.VERDICT)
    except (PipelineError, FileNotFoundError):
        return False
    return not verdict["is_publishable"]


def _reason(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """Why a run failed, as it may be told: a source's own message, of dbt the names of what failed (its
    messages hold values of records), of a defect only its kind."""
    reasons = []
    for record in instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records:
        event = record.event_log_entry.dagster_event
        if event is None or event.step_failure_data is None:
            continue
        data = event.step_failure_data
        described = data.user_failure_data.description if data.user_failure_data else None
        if described and (event.step_key or "").startswith(_LANDING):
            reasons.append(without_people(described))
        elif described and (names := _NODE.findall(described)):
            reasons.append(f"dbt failed in {', '.join(names[:10])}.")
        else:
            reasons.append(f"Step {event.step_key} failed.")
    return "\n".join(reasons) or "The run ended before a step could say why; it may have been killed."
