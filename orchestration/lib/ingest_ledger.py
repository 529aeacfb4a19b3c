"""The ledger of ingests: one small file per ingest, written last; what it does not list does not count.

Belongs here: records, reading and writing them, and which landing files they vouch for. Making an
ingest is `landing`.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

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
    wrote, by their path below landing."""

    ingest_id: str
    source_instance: str
    started_at: datetime
    finished_at: datetime
    loads: tuple[tuple[str, str], ...]
    objects: tuple[ObjectReport, ...]
    warnings: tuple[str, ...] = ()
    checksums: Mapping[str, str] = field(default_factory=dict)

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


def landing_files(
    settings: Settings, ingests: Iterable[dict[str, Any]], *, is_content_checked: bool = False
) -> dict[str, dict[str, list[Path]]]:
    """Landing files of the given ingests: {system: {object: absolute paths, oldest load first}}.

    Raises PipelineError where a record says that rows were landed and there is no file of that load, or
    one that cannot be read; with `is_content_checked` also where a file is not what was landed (which reads
    all of it: some 0.7 GB a second).
    """
    found: dict[str, dict[str, list[Path]]] = {}
    for record in ingests:
        instance = record["source_instance"]
        present: set[tuple[str, str]] = set()
        for load in record["loads"]:
            for path in files_of_load(settings, load["system"], instance, load["load_id"]):
                expected = record.get("checksums", {}).get(_name(path)) if is_content_checked else None
                _require_whole(path, expected, _folder(settings, instance) / f"{record['ingest_id']}.json")
                present.add((load["system"], path.parent.name))
                found.setdefault(load["system"], {}).setdefault(path.parent.name, []).append(path)
        for item in record["objects"]:
            wrote = item["landed_rows"] + item["deleted_rows"] + item["adopted_rows"]
            if wrote and (item["system"], item["object"]) not in present:
                folder = settings.landing / item["system"] / item["object"]
                file = _folder(settings, instance) / f"{record['ingest_id']}.json"
                raise PipelineError(
                    f"Source {instance}, {item['system']} {item['object']}: landing lacks the {wrote:,}"
                    f" rows of ingest {record['ingest_id']}.",
                    f"Restore {folder} from a backup. Without one, delete {file}: the next ingest lands again"
                    " what the source still has.",
                )
    return found


def checksums_of(settings: Settings, instance: str, loads: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Checksums of the files of the given (system, load id), by their path below landing."""
    return {
        _name(path): _checksum(path)
        for system, load_id in loads
        for path in files_of_load(settings, system, instance, load_id)
    }


@contextmanager
def file_rewritten(path: Path) -> Iterator[None]:
    """Around replacing a file of landing on purpose (erasure): its checksum is forgotten before and taken
    anew after, so that a kill in between leaves a file that is not checked, not one that looks damaged."""
    name, landing = _name(path), path.parent.parent.parent
    for record_path in (landing / "_ingests" / path.name.split(".", 1)[0]).glob("*.json"):
        record = json.loads(record_path.read_text(encoding="utf-8"))
        if name in record.get("checksums", {}):
            del record["checksums"][name]
            _write(record_path, record)
            yield
            record["checksums"][name] = _checksum(path)
            _write(record_path, record)
            return
    yield


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()[:32]


def _require_whole(path: Path, expected: str | None, record: Path) -> None:
    problem = None
    try:
        pq.read_metadata(path)  # stands at the end of a file, so one that was cut short has none
        if expected is not None and _checksum(path) != expected:
            problem = "its content is not what was landed"
    except (OSError, pa.ArrowException) as error:
        problem = str(error).splitlines()[0]
    if problem:
        raise PipelineError(
            f"{path} is damaged: {problem}",
            f"Restore it from a backup. Without one, delete {path.name} and {record}: the next ingest lands"
            " again what the source still has. What was served before is still served.",
        )


def files_of_load(settings: Settings, system: str, instance: str, load_id: str) -> list[Path]:
    """Files that one load wrote, of all objects."""
    paths = (settings.landing / system).glob(f"[!_]*/{instance}.{load_id}.*.parquet")
    return sorted(path.resolve() for path in paths)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries outlive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder(settings: Settings, source_instance: str) -> Path:
    return settings.landing / "_ingests" / source_instance
