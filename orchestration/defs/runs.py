"""What the schedules and sensors know of runs: the tags they carry, and which are under way."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.lib.asset_keys import LANDING
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file

JOB_TAG = "pipeline_truth/job"  # dagster.yaml limits runs by it
SOURCE_TAG = "source_instance"
TRIGGER_TAG = "pipeline_truth/trigger"  # of a run that arrived files have started: FILES
FILES = "files"
INTERACTIVE_TAG = "pipeline_truth/interactive"  # somebody waits at a terminal: no retries minutes later

# A command that was killed leaves its run "started" for ever: nothing is kept waiting by it for longer
# than any run may last (max_runtime_seconds of dagster.yaml).
LONGEST_RUN = timedelta(hours=12)
_WAITING = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
_RUNNING = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def sources_now(settings: Settings) -> set[str]:
    """Names in the sources file as it stands. A schedule lives in definitions that were loaded once, and a
    run loads its own: of a source that has been taken out it would say that there is no such asset, of a
    file that is wrong that there is no such job. Raises PipelineError where it is; the tick then fails."""
    return {entry.name for entry in load_sources_file(settings.sources_file).sources}


def source_of(run: dg.DagsterRun) -> str | None:
    """The one source instance that a run of `ingest` lands; None where it lands all or several.

    A run started in the UI by choosing assets carries no tag: the assets say it.
    """
    chosen = {key.path[1] for key in run.asset_selection or () if key.path[0] == LANDING}
    return run.tags.get(SOURCE_TAG) or (chosen.pop() if len(chosen) == 1 else None)


def is_underway(instance: dg.DagsterInstance, job: str, source: str | None = None) -> bool:
    """Is a run of the job (for one source, where named) waiting or running?

    A run of `ingest` for all sources counts for each.
    """
    return any(
        source is None or source_of(run) in (source, None)
        for run in _runs(instance, job, [*_WAITING, *_RUNNING])
    )


def is_waiting(instance: dg.DagsterInstance, job: str) -> bool:
    """Is a run of the job queued that has not begun, and so will see what has been landed by now?"""
    return bool(_runs(instance, job, _WAITING))


def _runs(instance: dg.DagsterInstance, job: str, statuses: list[dg.DagsterRunStatus]) -> list[dg.DagsterRun]:
    since = datetime.now(UTC) - LONGEST_RUN
    found = instance.get_runs(dg.RunsFilter(job_name=job, statuses=statuses, created_after=since))
    return list(found)
