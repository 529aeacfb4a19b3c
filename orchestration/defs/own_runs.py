"""Runs that a command makes in its own process, and what becomes of those whose process died.

Belongs here: the mark on such a run, and ending it in Dagster's records. Runs that Dagster's daemon
launches are watched by its own run monitoring, which knows nothing of these.
"""

import os
import signal
import socket

import dagster as dg
from dagster import DagsterInstance, DagsterRunStatus, JobDefinition, RunsFilter
from dagster._core.execution.plan.objects import ErrorSource

from orchestration.defs.runs import INTERACTIVE_TAG
from orchestration.interruption import Stopped, raise_if_stopped
from orchestration.lib.event_log import quick_event_log

PROCESS = "pipeline_truth/process"
_UNDER_WAY = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]


def run_here(
    job: JobDefinition,
    instance: DagsterInstance,
    *,
    asset_selection: list[dg.AssetKey] | None = None,
    tags: dict[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    """Execute a job here and now, recorded in the instance; its log goes there, not to the screen.

    Raises Stopped where the process was told to stop meanwhile, though Dagster made a failed run of it.
    """
    with quick_event_log(instance):
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            asset_selection=asset_selection,
            tags={
                INTERACTIVE_TAG: "true",
                PROCESS: f"{os.getpid()}@{socket.gethostname()}",
                **(tags or {}),
            },
        )
    raise_if_stopped()
    if any(
        event.is_step_failure and event.step_failure_data.error_source == ErrorSource.INTERRUPT
        for event in result.all_events
    ):
        raise Stopped(signal.SIGINT)  # Dagster's handler was in place; it takes SIGTERM for SIGINT
    return result


def end_dead_runs(instance: DagsterInstance) -> list[str]:
    """Mark as failed what a killed command left as running: it would look busy for ever, and count
    against the limit of one build at a time. Returns a sentence for each."""
    told = []
    for run in instance.get_runs(RunsFilter(statuses=_UNDER_WAY)):
        process, _, host = run.tags.get(PROCESS, "").partition("@")
        if process.isdigit() and host == socket.gethostname() and not _is_alive(int(process)):
            said = f"The {run.job_name} run {run.run_id[:8]} was killed (process {process})."
            instance.report_run_failed(run, said)
            told.append(f"{said} It is marked as failed; this run begins anew.")
    return told


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
