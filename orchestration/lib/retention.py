"""What Dagster does not delete by itself: old runs, their events and the logs of their steps.

Belongs here: which runs may go. Ticks are purged by `dagster.yaml`; builds and versions by the publisher.
"""

import shutil
from datetime import datetime
from pathlib import Path

import dagster as dg

ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_AT_ONCE = 500


def delete_runs_before(instance: dg.DagsterInstance, before: datetime) -> int:
    """Delete the ended runs that were last changed before this moment; returns how many.

    A run that made the newest state of an asset stays: without it the UI would show the asset as never
    made, and its freshness as unknown.
    """
    newest = {record.asset_entry.last_run_id for record in instance.get_asset_records()}
    deleted = 0
    cursor: str | None = None
    while True:
        found = instance.get_run_records(
            dg.RunsFilter(statuses=ENDED, updated_before=before), limit=_AT_ONCE, cursor=cursor
        )
        for record in found:
            run_id = record.dagster_run.run_id
            if run_id not in newest:
                instance.delete_run(run_id)
                shutil.rmtree(Path(instance.storage_directory()) / run_id, ignore_errors=True)
                deleted += 1
        kept = [record for record in found if record.dagster_run.run_id in newest]
        if len(found) < _AT_ONCE:
            return deleted
        cursor = kept[-1].dagster_run.run_id if kept else None
