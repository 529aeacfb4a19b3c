"""The ledger of builds: `builds/<build_id>/{manifest,verdict,published,…}.json`, kept for good.

Belongs here: finding, reading and writing its files so that a kill leaves the old or the new one,
never half of one. What the files say is decided by those who write them.
"""

import contextlib
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.errors import PipelineError
from orchestration.settings import Settings

MANIFEST = "manifest.json"
VERDICT = "verdict.json"
PROFILE = "profile.json"
PUBLISHED = "published.json"
ROLLED_BACK = "rolled_back.json"
CONFIRMED = "confirmed.json"

_BUILD_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


def build_dir(settings: Settings, build_id: str) -> Path:
    """Folder of one build, existing or not. Raises PipelineError where the id cannot be a folder name."""
    if not _BUILD_ID.match(build_id):
        raise PipelineError(f"{build_id!r} is not a build id", f"Take one from {settings.builds}.")
    return settings.builds / build_id


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write whole and synced to disk, or not at all; creates the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")  # one name: what a kill leaves, the next writing takes
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise PipelineError(
            f"cannot write {path}: {error.strerror}", "Free some space, or allow writing to that folder."
        ) from error
    fsync_dir(path.parent)


def read_json(path: Path) -> dict[str, Any]:
    """Raises FileNotFoundError where there is none, PipelineError where it is damaged."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PipelineError(
            f"{path} is damaged: {error}",
            f"Restore it from a backup, or move {path.parent} away; landing and what is served are not"
            " touched by it. Then start a new build.",
        ) from error
    if not isinstance(document, dict):
        raise PipelineError(f"{path} is damaged: it holds no JSON object", f"Move {path.parent} away.")
    return document


def read_manifest(settings: Settings, build_id: str) -> dict[str, Any]:
    """What the build was planned with. Raises PipelineError where there is no such build."""
    try:
        return read_json(build_dir(settings, build_id) / MANIFEST)
    except FileNotFoundError as error:
        raise PipelineError(
            f"there is no build {build_id} in {settings.builds}", "Run the job `build`."
        ) from error


def build_ids(settings: Settings) -> list[str]:
    """Planned builds, oldest first (by the moment their manifest names, then by id)."""
    if not settings.builds.is_dir():
        return []
    found = [
        (str(read_json(path).get("started_at", "")), path.parent.name)
        for path in settings.builds.glob(f"*/{MANIFEST}")
    ]
    return [build_id for _, build_id in sorted(found)]


def latest_build(settings: Settings) -> str | None:
    """The build planned last, published or not; None before the first."""
    ids = build_ids(settings)
    return ids[-1] if ids else None


def for_run(settings: Settings, run_id: str) -> dict[str, Any]:
    """Manifest of the build that a Dagster run planned. Raises PipelineError where it planned none."""
    for build_id in reversed(build_ids(settings)):
        manifest = read_manifest(settings, build_id)
        if manifest.get("run_id") == run_id:
            return manifest
    raise PipelineError(
        f"run {run_id} has no build manifest in {settings.builds}",
        "Select the asset `build_manifest` together with what it feeds, or run the whole job `build`.",
    )


def publications(settings: Settings) -> list[dict[str, Any]]:
    """Published builds that were not rolled back, oldest first: build_id, as_of, known_at,
    published_at (UTC text) and fake_shares (source instance to share)."""
    keys = ("build_id", "as_of", "known_at", "published_at", "fake_shares")
    records = [
        read_json(path)
        for path in settings.builds.glob(f"*/{PUBLISHED}")
        if not (path.parent / ROLLED_BACK).exists()
    ]
    records.sort(key=lambda record: (record["published_at"], record["build_id"]))
    return [{key: record[key] for key in keys} for record in records]


def good_until(settings: Settings, publication: Mapping[str, Any]) -> datetime:
    """When the published build was last known to say all there is: its publication, or the last time that
    somebody looked and found nothing new (UTC without offset)."""
    try:
        confirmed = read_json(build_dir(settings, publication["build_id"]) / CONFIRMED)["confirmed_at"]
    except FileNotFoundError:
        confirmed = ""
    return datetime.fromisoformat(max(publication["published_at"], confirmed))


def fsync_file(path: Path) -> None:
    """Wait until the file's content is on disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def fsync_dir(path: Path) -> None:
    """Wait until the folder's entries (names, renames) are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
