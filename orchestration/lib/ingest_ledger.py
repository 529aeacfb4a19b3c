"""The ledger of ingests: one small file per ingest, written last; what it does not list does not count.

Belongs here: records, reading and writing them. Which landing files they vouch for is `landing_files`;
making an ingest, `landing`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.errors import PipelineError
from orchestration.settings import Settings

TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class ObjectReport:
    """What became of one object: `read_rows` = `unchanged_rows` + `extracted_rows`, and
    `extracted_rows` = `landed_rows` + `rejected_rows`; `deleted_rows` are tombstones beside them.
    `adopted_rows` were landed by an earlier ingest that was interrupted before it could say so.
    `state`: what the object's next feed goes on from, None where it always reads everything."""

    system: str
    object: str
    read_rows: int
    unchanged_rows: int
    landed_rows: int
    rejected_rows: int
    deleted_rows: int
    adopted_rows: int
    is_complete: bool
    files: tuple[str, ...]
    warnings: tuple[str, ...]
    state: Mapping[str, Any] | None = None

    @property
    def extracted_rows(self) -> int:
        return self.landed_rows + self.rejected_rows


@dataclass(frozen=True)
class IngestReport:
    """One ingest of one source instance. `loads`: (system, dlt load id). `checksums`: of the files they
    wrote, by their path below landing. `made_from`: see `unchanged.made_from`."""

    ingest_id: str
    source_instance: str
    started_at: datetime
    finished_at: datetime
    loads: tuple[tuple[str, str], ...]
    objects: tuple[ObjectReport, ...]
    warnings: tuple[str, ...] = ()
    checksums: Mapping[str, str] = field(default_factory=dict)
    made_from: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The ledger's record: plain JSON values, times UTC text."""
        return {
            "ingest_id": self.ingest_id,
            "source_instance": self.source_instance,
            "started_at": utc_text(self.started_at),
            "finished_at": utc_text(self.finished_at),
            "loads": [{"system": system, "load_id": load_id} for system, load_id in self.loads],
            "objects": [
                {
                    **asdict(item),
                    "extracted_rows": item.extracted_rows,
                    "files": list(item.files),
                    "warnings": list(item.warnings),
                    "state": dict(item.state) if item.state is not None else None,
                }
                for item in self.objects
            ],
            "warnings": list(self.warnings),
            "checksums": dict(self.checksums),
            "made_from": self.made_from,
        }


def utc_text(moment: datetime) -> str:
    """A moment as UTC text that sorts; one without a zone is taken for UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.strftime(TIME_FORMAT)


def write_record(settings: Settings, report: IngestReport) -> Path:
    """Write an ingest's record, whole or not at all."""
    path = _folder(settings, report.source_instance) / f"{report.ingest_id}.json"
    _write(path, report.to_dict())
    return path


def _write(path: Path, record: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".tmp")
    with scratch.open("w", encoding="utf-8") as stream:
        json.dump(record, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(path)
    sync_folder(path.parent)


def completed_ingests(
    settings: Settings, source_instance: str, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """Records of the complete ingests of a source instance, oldest first; with `known_at` (UTC) only
    those that had ended by then. Raises PipelineError where a record cannot be read."""
    records = []
    for path in sorted(_folder(settings, source_instance).glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PipelineError(
                f"Source {source_instance}: the record of an ingest, {path}, cannot be read: {error}.",
                "Restore it from a backup. Without it its loads do not count: delete it to land them again.",
            ) from error
        if known_at is None or record["finished_at"] <= utc_text(known_at):
            records.append(record)
    return sorted(records, key=lambda record: (record["finished_at"], record["ingest_id"]))


def feed_states(settings: Settings, source_instance: str) -> dict[str, dict[str, Any]]:
    """What each object's next feed goes on from: the state that the newest record with one has."""
    return {
        item["object"]: item["state"]
        for record in completed_ingests(settings, source_instance)
        for item in record["objects"]
        if item["state"] is not None
    }


def sync_folder(folder: Path) -> None:
    """Make a folder's entries outlive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder(settings: Settings, source_instance: str) -> Path:
    return settings.landing / "_ingests" / source_instance
