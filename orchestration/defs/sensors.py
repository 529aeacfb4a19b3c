"""Sensors: runs that start because files have arrived. Off until somebody switches them on in the UI."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import dagster as dg

from orchestration.defs.build_requests import build_request
from orchestration.defs.jobs import Jobs
from orchestration.defs.runs import FILES, SOURCE_TAG, TRIGGER_TAG, is_underway, is_waiting, sources_now
from orchestration.lib.file_watch import Look, Watched, judge, look
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.settings import Settings

SECONDS_BETWEEN_LOOKS = 60


def files_arrived_sensor(
    settings: Settings,
    jobs: Jobs,
    folders: Mapping[str, Path],
    landing_keys: Mapping[str, Sequence[dg.AssetKey]],
) -> dg.SensorDefinition:
    """`folders`: source instance -> the file or folder that it is read from."""

    @dg.sensor(
        name="files_arrived",
        job=jobs.ingest,
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        description="Lands a source when new files have arrived in its folder: once per set of files, when"
        " names, sizes and times were the same at two looks a minute apart, so never while they are written.",
    )
    def files_arrived(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        remembered, there = _read(context.cursor), sources_now(settings)
        cursor: dict[str, Watched] = {}
        requests = []
        for name, folder in folders.items():
            if name not in there:
                continue
            now = look(folder)
            before = remembered.get(name) or _landed_already(settings, name, now)
            cursor[name], due = judge(before, now, is_busy=is_underway(context.instance, "ingest", name))
            if due:
                requests.append(
                    dg.RunRequest(
                        run_key=f"{name}-files-{due}",
                        asset_selection=list(landing_keys[name]),
                        tags={SOURCE_TAG: name, TRIGGER_TAG: FILES},
                    )
                )
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else dg.SkipReason("No new files that nobody writes any more."),
            cursor=_written(cursor),
        )

    return files_arrived


def build_after_files_sensor(settings: Settings, jobs: Jobs) -> dg.RunStatusSensorDefinition:
    """A build as soon as the last of the runs that `files_arrived` started has landed."""

    @dg.run_status_sensor(
        name="build_after_files",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[jobs.ingest],
        request_job=jobs.build,
        description="Builds when what `files_arrived` found has been landed; one build for files that"
        " arrived together.",
    )
    def build_after_files(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        if context.dagster_run.tags.get(TRIGGER_TAG) != FILES:
            return dg.SkipReason("That run was not started by files.")
        if is_underway(context.instance, "ingest"):
            return dg.SkipReason("Another source is still being landed; the build follows that.")
        if is_waiting(context.instance, "build"):
            return dg.SkipReason("A build that is waiting will read what has been landed.")
        return build_request(settings, f"after-{context.dagster_run.run_id}")

    return build_after_files


def _landed_already(settings: Settings, name: str, now: Look) -> Watched | None:
    """What a sensor that is switched on for the first time need not land again: files that lay there
    before the source's last complete ingest began."""
    ingests = completed_ingests(settings, name)
    if not ingests or now.arrived_at is None:
        return None
    began = datetime.fromisoformat(f"{ingests[-1]['started_at']}+00:00").timestamp()
    return Watched(now.set_id, now.files) if now.arrived_at < began else None


def _read(cursor: str | None) -> dict[str, Watched]:
    return {
        name: Watched(seen["looked"], frozenset(seen["taken"]))
        for name, seen in json.loads(cursor or "{}").items()
    }


def _written(watched: Mapping[str, Watched]) -> str:
    return json.dumps(
        {name: {"looked": seen.looked, "taken": sorted(seen.taken)} for name, seen in watched.items()}
    )
