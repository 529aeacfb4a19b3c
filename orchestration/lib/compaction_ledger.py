"""The ledger of compactions: which few files stand for those of many loads.

Belongs here: its records, reading and writing them, and which of them count. A compaction counts from the
moment its record is there; the files that it replaced are then no part of landing any more, whether or not
they have been deleted yet. Making one is `compaction`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.settings import Settings

FOLDER = "_compactions"
MARK = "compacted"  # in a file's name, where others have the id of their load


@dataclass(frozen=True)
class Compaction:
    """One object of one source instance. `loads`: dlt load id to its rows when it was made; `files`: by
    their path below landing, with their `checksums`; `replaced`: the files that they stand for."""

    compaction_id: str
    source_instance: str
    system: str
    object: str
    made_at: str
    loads: Mapping[str, int]
    files: tuple[str, ...]
    checksums: Mapping[str, str]
    replaced: tuple[str, ...]


def write_compaction(settings: Settings, compaction: Compaction) -> None:
    """Write a compaction's record, whole or not at all: from then on its files count."""
    builds.write_json(record_path(settings, compaction), asdict(compaction))


def compactions_in_force(settings: Settings, instance: str) -> dict[tuple[str, str, str], Compaction]:
    """What stands for which load: (system, object, load id) to the newest compaction that holds it. One that
    was itself compacted later stands for nothing. Raises PipelineError where a record cannot be read."""
    found: dict[tuple[str, str, str], Compaction] = {}
    for path in sorted(_folder(settings, instance).glob("*.json")):  # by time: that is how the ids begin
        compaction = _read(path)
        for load_id in compaction.loads:
            found[compaction.system, compaction.object, load_id] = compaction
    return found


def file_name(instance: str, compaction_id: str, number: int) -> str:
    """Name of one of a compaction's files."""
    return f"{instance}.{MARK}-{compaction_id}.{number:03}.parquet"


def is_compacted(path: Path) -> bool:
    """Was the file of landing written by a compaction?"""
    return path.name.split(".")[1].startswith(MARK)


def record_path(settings: Settings, compaction: Compaction) -> Path:
    """The file that holds a compaction's record."""
    return _folder(settings, compaction.source_instance) / f"{compaction.compaction_id}.json"


def _read(path: Path) -> Compaction:
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Compaction(**facts | {name: tuple(facts[name]) for name in ("files", "replaced")})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(
            f"The record of a compaction, {path}, cannot be read: {error}.",
            "Restore it from a backup: without it the files that it names do not count.",
        ) from error


def _folder(settings: Settings, instance: str) -> Path:
    return settings.landing / FOLDER / instance
