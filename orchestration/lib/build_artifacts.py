"""dbt's own account of a build, kept compressed beside its ledger: what was run, how, and what came of it.

Belongs here: `builds/<build_id>/dbt_{manifest,run_results}.json.gz` and how long they stay. The ledger's
own files are `builds` and stay for good; these are some hundred times larger.
"""

import gzip
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.lib import builds, dbt_project
from orchestration.settings import Settings

MANIFEST = "dbt_manifest.json.gz"
RUN_RESULTS = "dbt_run_results.json.gz"


def keep_artifacts(settings: Settings, build_id: str) -> list[Path]:
    """Compress dbt's manifest and run results of the build that has just run; returns the files written.
    Where dbt ended before it wrote results there is only the manifest."""
    folder = builds.build_dir(settings, build_id)
    kept = []
    for source, name in (
        (dbt_project.manifest_path(settings), MANIFEST),
        (folder / dbt_project.RUN_RESULTS, RUN_RESULTS),
    ):
        if source.exists():
            temporary = folder / f".{name}.tmp"
            # no time of its own in the file: the same content is the same bytes
            with (
                source.open("rb") as plain,
                temporary.open("wb") as raw,
                gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
            ):
                shutil.copyfileobj(plain, packed)
            temporary.replace(folder / name)
            kept.append(folder / name)
    return kept


def retire_artifacts(settings: Settings, latest: str, now: datetime) -> None:
    """Of all builds but the latest, remove what `keep_artifacts` kept twice (run_results.json, which the
    gate reads), and what is older than `settings.keep_build_days`."""
    oldest = (now - timedelta(days=settings.keep_build_days)).astimezone(UTC).replace(tzinfo=None)
    for build_id in builds.build_ids(settings):
        if build_id != latest:
            folder = builds.build_dir(settings, build_id)
            if (folder / RUN_RESULTS).exists():
                (folder / dbt_project.RUN_RESULTS).unlink(missing_ok=True)
            if datetime.fromisoformat(builds.read_manifest(settings, build_id)["started_at"]) < oldest:
                for name in (MANIFEST, RUN_RESULTS, dbt_project.RUN_RESULTS):
                    (folder / name).unlink(missing_ok=True)
