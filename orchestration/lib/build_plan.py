"""The start of a build: both clocks resolved, the landing files it will read written down.

Belongs here: `plan_build`, which writes `builds/<build_id>/manifest.json`; every later step and
retry reads its inputs from there and asks no clock. What the inputs are is `build_inputs`; how columns of
dates are to be read is decided in `column_formats`. Judging and publishing are `gate` and `publisher`.
"""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.lib import builds
from orchestration.lib.build_inputs import TIME_FORMAT, gather_inputs
from orchestration.lib.column_formats import decide_formats
from orchestration.lib.warehouse import writer_lock
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.sources_file import SourcesFile

_WAIT_SECONDS = 60.0  # for a compaction, an erasure or a backup to end


@dataclass(frozen=True)
class BuildPlan:
    """A build that has been planned: its id and what its manifest says."""

    build_id: str
    manifest: dict[str, Any]


def plan_build(
    settings: Settings,
    sources: SourcesFile,
    *,
    run_id: str,
    now: datetime,
    as_of: str | None = None,
    known_at: datetime | None = None,
) -> BuildPlan:
    """Resolve clocks and inputs once and write them to the build's ledger.

    `as_of` and `known_at` as `gather_inputs` takes them. Raises PipelineError where nothing has been landed,
    or where a column of dates can be read in two ways.
    """
    # A compaction deletes no file that a manifest names; one that is being written names none yet.
    with writer_lock(settings, "planning a build", wait_seconds=_WAIT_SECONDS):
        inputs = gather_inputs(settings, sources, now=now, as_of=as_of, known_at=known_at)
        formats = decide_formats(inputs["landing"], sources)
        build_id = f"{now:%Y%m%dT%H%M%S}-{run_id.replace('-', '')[:8]}"
        manifest = {
            "build_id": build_id,
            "run_id": run_id,
            "started_at": now.astimezone(UTC).strftime(TIME_FORMAT),
            "git_revision": git_revision(),
            **inputs,
            "date_orders": formats.date_orders,
            "decimal_commas": formats.decimal_commas,
            "publications": builds.publications(settings),
        }
        builds.write_json(builds.build_dir(settings, build_id) / builds.MANIFEST, manifest)
    return BuildPlan(build_id, manifest)


def git_revision() -> str:
    """The project's commit, with `+changes` where the work tree differs; outside git what the file
    REVISION says (an image has one), else `unknown`."""
    try:
        sha = _git("rev-parse", "HEAD")
        return sha + ("+changes" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        noted = PROJECT_ROOT / "REVISION"
        return (noted.read_text(encoding="utf-8").strip() if noted.is_file() else "") or "unknown"


def _git(*arguments: str) -> str:
    result = subprocess.run(
        ["git", "-C", str(PROJECT_ROOT), *arguments], capture_output=True, text=True, check=True, timeout=20
    )
    return result.stdout.strip()
