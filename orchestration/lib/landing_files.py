"""Which files of landing count: those of the loads that the ledger of ingests names, or what stands for them
since a compaction.

Belongs here: finding them, holding them to their checksums, and keeping the checksums right where a file is
replaced. The records are `ingest_ledger` and `compaction_ledger`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.compaction_ledger import (
    FOLDER,
    compactions_in_force,
    is_compacted,
    record_path,
)
from orchestration.lib.fingerprint import checksum
from orchestration.settings import Settings

FileId = tuple[int, int]  # device and inode


@dataclass
class LandingPart:
    """What some ingests landed of one object. `files`: absolute paths, oldest load first; `load_ids`: where
    a compacted file holds more than these ingests brought, the loads whose rows are meant; else None.
    `checksums`: of the files as recorded, by their keys; None of one that was landed without."""

    files: list[Path] = field(default_factory=list)
    load_ids: list[str] | None = None
    checksums: dict[str, str | None] = field(default_factory=dict)


class LoadFiles:
    """The files of one source instance by load. Folders are listed once, however many loads are asked for."""

    def __init__(self, settings: Settings, instance: str) -> None:
        self.compactions = compactions_in_force(settings, instance)
        self._compacted: dict[tuple[str, str], dict[str, list[Path]]] = {}
        for (system, name, load_id), compaction in self.compactions.items():
            files = [(settings.landing / file).resolve() for file in compaction.files]
            self._compacted.setdefault((system, load_id), {})[name] = files
        self._settings, self._instance = settings, instance
        self._listed: dict[str, dict[str, list[Path]]] = {}

    def of_load(self, system: str, load_id: str) -> dict[str, list[Path]]:
        """Object to the files with what the load brought of it; a compacted one holds other loads too."""
        compacted = self._compacted.get((system, load_id), {})
        found: dict[str, list[Path]] = {}
        for path in self._listing(system).get(load_id, []):
            if path.parent.name not in compacted:
                found.setdefault(path.parent.name, []).append(path)
        return found | compacted

    def replaced(self) -> list[Path]:
        """Files that no longer count: another stands for them, or a compaction that wrote them was killed."""
        current = {file for each in self.compactions.values() for file in each.files}
        left = []
        for system in sorted(path.name for path in self._settings.landing.glob("[!_]*") if path.is_dir()):
            for load_id, paths in self._listing(system).items():
                for path in paths:
                    stands = (system, path.parent.name, load_id) in self.compactions
                    if stands or (is_compacted(path) and file_key(path) not in current):
                        left.append(path)
        return sorted(left)

    def _listing(self, system: str) -> dict[str, list[Path]]:
        if system not in self._listed:
            by_load: dict[str, list[Path]] = {}
            pattern = f"[!_]*/{self._instance}.*.parquet"
            for path in sorted((self._settings.landing / system).glob(pattern)):
                load_id = path.name.removeprefix(f"{self._instance}.").rsplit(".", 2)[0]
                by_load.setdefault(load_id, []).append(path.resolve())
            self._listed[system] = by_load
        return self._listed[system]


def landing_parts(
    settings: Settings, ingests: Iterable[dict[str, Any]], *, is_content_checked: bool = False
) -> dict[str, dict[str, LandingPart]]:
    """What the given ingests landed: {system: {object: part}}.

    Raises PipelineError where a record says that rows were landed and there is no file of that load, or
    one that cannot be read; with `is_content_checked` also where a file is not what was landed (which reads
    all of it: some 0.7 GB a second).
    """
    shelves: dict[str, LoadFiles] = {}
    found: dict[str, dict[str, LandingPart]] = {}
    wanted: dict[tuple[str, str], set[str]] = {}
    seen: set[Path] = set()
    for record in ingests:
        instance = record["source_instance"]
        shelf = shelves.setdefault(instance, LoadFiles(settings, instance))
        record_file = settings.landing / "_ingests" / instance / f"{record['ingest_id']}.json"
        present: set[tuple[str, str]] = set()
        for load in record["loads"]:
            system, load_id = load["system"], load["load_id"]
            for name, paths in shelf.of_load(system, load_id).items():
                present.add((system, name))
                wanted.setdefault((system, name), set()).add(load_id)
                part = found.setdefault(system, {}).setdefault(name, LandingPart())
                compaction = shelf.compactions.get((system, name, load_id))
                checksums = compaction.checksums if compaction else record.get("checksums", {})
                written = record_path(settings, compaction) if compaction else record_file
                for path in (path for path in paths if path not in seen):
                    seen.add(path)
                    recorded = checksums.get(file_key(path))
                    _require_whole(path, recorded if is_content_checked else None, written)
                    part.files.append(path)
                    part.checksums[file_key(path)] = recorded
        for item in record["objects"]:
            wrote = item["landed_rows"] + item["deleted_rows"] + item["adopted_rows"]
            if wrote and (item["system"], item["object"]) not in present:
                folder = settings.landing / item["system"] / item["object"]
                raise PipelineError(
                    f"Source {instance}, {item['system']} {item['object']}: landing lacks the {wrote:,}"
                    f" rows of ingest {record['ingest_id']}.",
                    f"Restore {folder} from a backup. Without one, delete {record_file}: the next ingest"
                    " lands again what the source still has.",
                )
    for shelf in shelves.values():
        for (system, name, load_id), compaction in shelf.compactions.items():
            loads = wanted.get((system, name), set())
            if load_id not in loads and not loads.isdisjoint(compaction.loads):
                found[system][name].load_ids = sorted(loads)
    return found


def landing_files(
    settings: Settings, ingests: Iterable[dict[str, Any]], *, is_content_checked: bool = False
) -> dict[str, dict[str, list[Path]]]:
    """The files of `landing_parts`: {system: {object: absolute paths, oldest load first}}."""
    parts = landing_parts(settings, ingests, is_content_checked=is_content_checked)
    return {system: {name: part.files for name, part in objects.items()} for system, objects in parts.items()}


def files_of_load(settings: Settings, system: str, instance: str, load_id: str) -> list[Path]:
    """Files that hold what one load brought, of all objects; see `LoadFiles.of_load`."""
    found = LoadFiles(settings, instance).of_load(system, load_id)
    return sorted(path for paths in found.values() for path in paths)


def file_id(path: Path) -> FileId:
    """What is the same of all links to a file, and of no other file."""
    facts = path.stat()
    return facts.st_dev, facts.st_ino


def checksums_of(
    settings: Settings, instance: str, loads: Iterable[tuple[str, str]], known: Mapping[FileId, str]
) -> dict[str, str]:
    """Checksums of the files that the given (system, load id) wrote, by their path below landing. `known`:
    those that need not be taken again."""
    shelf = LoadFiles(settings, instance)
    return {
        file_key(path): known.get(file_id(path)) or checksum(path)
        for system, load_id in loads
        for paths in shelf.of_load(system, load_id).values()
        for path in paths
        if not is_compacted(path)
    }


@contextmanager
def file_rewritten(path: Path) -> Iterator[None]:
    """Around replacing a file of landing on purpose (erasure): its checksum is forgotten before and taken
    anew after, so that a kill in between leaves a file that is not checked, not one that looks damaged."""
    key, landing = file_key(path), path.parent.parent.parent
    folder = FOLDER if is_compacted(path) else "_ingests"
    with ExitStack() as rewritten:
        for record in (landing / folder / path.name.split(".", 1)[0]).glob("*.json"):
            document = builds.read_json(record)
            if key in document.get("checksums", {}):
                rewritten.enter_context(_checksum_anew(record, document, key, path))
        yield


@contextmanager
def _checksum_anew(record: Path, document: dict[str, Any], key: str, path: Path) -> Iterator[None]:
    del document["checksums"][key]
    builds.write_json(record, document)
    yield
    document["checksums"][key] = checksum(path)
    builds.write_json(record, document)


def file_key(path: Path) -> str:
    """A file's path below landing, as records name it."""
    return "/".join(path.parts[-3:])


def _require_whole(path: Path, expected: str | None, record: Path) -> None:
    problem = None
    try:
        pq.read_metadata(path)  # stands at the end of a file, so one that was cut short has none
        if expected is not None and checksum(path) != expected:
            problem = "its content is not what was landed"
    except (OSError, pa.ArrowException) as error:
        problem = str(error).splitlines()[0]
    if problem:
        others = " and the records of the ingests that it names" if is_compacted(path) else ""
        raise PipelineError(
            f"{path} is damaged: {problem}",
            f"Restore it from a backup. Without one, delete {path.name} and {record}{others}: the next ingest"
            " lands again what the source still has. What was served before is still served.",
        )
