"""Compaction of landing: the small files of many loads of an object become few large ones, with every row.

Belongs here: which files are joined, how they are written and proved, and when the old ones go. One record
in the ledger makes an object's new files count and its old ones not: killed at any moment, landing is as it
was or as it is to be. What the record means to readers is `landing_files`.
"""

import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.compaction_ledger import Compaction, file_name, write_compaction
from orchestration.lib.content import table_content, text
from orchestration.lib.ingest_ledger import completed_ingests, sync_folder, utc_text
from orchestration.lib.landing_files import LoadFiles, checksum, file_key
from orchestration.lib.landing_parquet import LOAD_ID
from orchestration.lib.warehouse import named_lock, writer_lock
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file

# Fewer small files are not worth the writing: opening one costs a build some 2 ms.
LEAST_FILES = 8
# What a file is at most; half of it is large enough to be left as it is.
MOST_ROWS = 1_000_000
MOST_BYTES = 128 << 20
_ROW_GROUP = 122_880  # as DuckDB scans them: one that holds none of the wanted loads is not read
# How long a build that was not published may still want the files of its manifest: as long as any run lasts.
UNFINISHED = timedelta(hours=12)
# As the source sent them, load after load; the last two where a source has neither files nor rows.
_ORDER = "_loaded_at, _source_file, _source_row, _record_key, _record_hash"


@dataclass(frozen=True)
class Compacted:
    """What became of one object: files and bytes before and after. `kept_files`: of the files before, those
    that a build under way still names; the next compaction deletes them."""

    source_instance: str
    system: str
    object: str
    rows: int
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    kept_files: int


@dataclass(frozen=True)
class _Joined:
    """Small files of one object that are to become one or more large ones, and the loads they hold."""

    instance: str
    system: str
    name: str
    files: tuple[Path, ...]
    loads: frozenset[str]

    @property
    def bytes(self) -> int:
        return sum(path.stat().st_size for path in self.files)


def compact(
    settings: Settings, *, now: datetime | None = None, progress: Callable[[str], None] = lambda _: None
) -> list[Compacted]:
    """Join the small files of every object that has LEAST_FILES of them; delete what no longer counts.

    Every row stays with all its columns, `_dlt_load_id` among them: so `known_at` selects the same rows as
    before. Files of the old landing stay as long as a build that is not published and younger than UNFINISHED
    names them. Raises PipelineError while an ingest, a build, an erasure, a backup or a history is under way,
    and where the rows of a file are not those of its load.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    sources = load_sources_file(settings.sources_file)
    with ExitStack() as locks:
        locks.enter_context(writer_lock(settings, "the compaction"))
        locks.enter_context(named_lock(settings.home / "flag_history.lock", "the compaction"))
        for entry in sources.sources:
            lock = settings.work / "locks" / f"ingest-{entry.name}.lock"
            locks.enter_context(named_lock(lock, "the compaction"))
        wanted = _files_of_unfinished_builds(settings, moment)
        done = []
        for entry in sources.sources:
            shelf = LoadFiles(settings, entry.name)
            for joined in _due(settings, entry.name, shelf):
                progress(f"{entry.name}: {joined.system} {joined.name}, {len(joined.files)} files")
                compaction, rows = _compact(settings, joined, _later(moment, shelf))
                fresh = [settings.landing / key for key in compaction.files]
                done.append(
                    Compacted(
                        joined.instance,
                        joined.system,
                        joined.name,
                        rows,
                        len(joined.files),
                        len(fresh),
                        joined.bytes,
                        sum(path.stat().st_size for path in fresh),
                        len(wanted.intersection(joined.files)),
                    )
                )
            for path in LoadFiles(settings, entry.name).replaced():
                if path not in wanted:
                    path.unlink()
    return done


def _later(moment: datetime, shelf: LoadFiles) -> datetime:
    """The newest compaction counts, so a clock that was set back must not make this one older."""
    made = [datetime.fromisoformat(each.made_at).replace(tzinfo=UTC) for each in shelf.compactions.values()]
    return max([moment, *(other + timedelta(microseconds=1) for other in made)])


def _due(settings: Settings, instance: str, shelf: LoadFiles) -> Iterator[_Joined]:
    """What is to be joined: per object its loads and former compactions that are small, if they are many."""
    units: dict[tuple[str, str], dict[frozenset[str], list[Path]]] = {}
    for record in completed_ingests(settings, instance):
        for load in record["loads"]:
            system, load_id = load["system"], load["load_id"]
            for name, paths in shelf.of_load(system, load_id).items():
                compaction = shelf.compactions.get((system, name, load_id))
                loads = frozenset(compaction.loads if compaction else [load_id])
                units.setdefault((system, name), {})[loads] = paths
    for (system, name), by_loads in sorted(units.items()):
        small = {
            loads: paths
            for loads, paths in by_loads.items()
            if sum(path.stat().st_size for path in paths) < MOST_BYTES // 2
        }
        files = tuple(path for paths in small.values() for path in paths)
        if len(files) >= LEAST_FILES:
            yield _Joined(instance, system, name, files, frozenset().union(*small))


def _compact(settings: Settings, joined: _Joined, moment: datetime) -> tuple[Compaction, int]:
    """Write, prove, put in place, and only then say so in the ledger."""
    folder = settings.work / "compact"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    compaction_id = f"{moment:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:6]}"
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '1GB'")
        connection.execute(f"set temp_directory = {text(folder / 'duckdb')}")
        loads = _rows_by_load(connection, joined)
        rows = sum(loads.values())
        count = max(1, -(-rows // MOST_ROWS), -(-joined.bytes // MOST_BYTES))
        written = [
            folder / file_name(joined.instance, compaction_id, number)
            for number in range(1, max(1, min(count, rows)) + 1)
        ]
        _write(connection, joined, written, rows)
        if table_content(connection, "", _relation(written)) != table_content(
            connection, "", _relation(joined.files)
        ):
            raise PipelineError(
                f"The compaction of {joined.system} {joined.name} of {joined.instance} lost rows.",
                "Nothing was changed. Report this with the files of that folder in landing.",
            )
    target = settings.landing / joined.system / joined.name
    placed = [Path(shutil.move(path, target / path.name)) for path in written]
    for path in placed:
        builds.fsync_file(path)
    sync_folder(target)
    compaction = Compaction(
        compaction_id=compaction_id,
        source_instance=joined.instance,
        system=joined.system,
        object=joined.name,
        made_at=utc_text(moment),
        loads=loads,
        files=tuple(file_key(path) for path in placed),
        checksums={file_key(path): checksum(path) for path in placed},
        replaced=tuple(file_key(path) for path in joined.files),
    )
    write_compaction(settings, compaction)
    shutil.rmtree(folder)
    return compaction, rows


def _rows_by_load(connection: duckdb.DuckDBPyConnection, joined: _Joined) -> dict[str, int]:
    """Rows of each load. The id in the rows is what tells them apart afterwards, so it must be right now."""
    found = connection.execute(
        f"select {LOAD_ID}, count(*) from {_relation(joined.files)} group by all"
    ).fetchall()
    strangers = {load_id for load_id, _ in found} - joined.loads
    if strangers:
        raise PipelineError(
            f"{joined.system} {joined.name} of {joined.instance} has rows of a load ({strangers.pop()}) that"
            " is none of its files'.",
            "Nothing was changed. Restore these files from a backup: they were not written by an ingest.",
        )
    return {load_id: dict(found).get(load_id, 0) for load_id in sorted(joined.loads)}


def _write(connection: duckdb.DuckDBPyConnection, joined: _Joined, paths: list[Path], rows: int) -> None:
    """All rows in their order, in as many files as there are paths."""
    reader = connection.execute(f"select * from {_relation(joined.files)} order by {_ORDER}").to_arrow_reader(
        _ROW_GROUP
    )
    per_file = max(1, -(-rows // len(paths)))
    tables = _of_size(reader, per_file)
    for path in paths:
        left = per_file
        with pq.ParquetWriter(path, reader.schema, compression="zstd", store_schema=False) as writer:
            while left and (batch := next(tables, None)) is not None:
                writer.write_batch(batch)
                left -= batch.num_rows


def _of_size(reader: Iterable[pa.RecordBatch], per_file: int) -> Iterator[pa.RecordBatch]:
    """The batches, cut where a file is full."""
    left = per_file
    for batch in reader:
        start = 0
        while start < batch.num_rows:
            head = batch.slice(start, left)
            yield head
            start += head.num_rows
            left = left - head.num_rows or per_file


def _relation(files: Iterable[Path]) -> str:
    return f"read_parquet([{', '.join(text(path) for path in files)}], union_by_name = true)"


def _files_of_unfinished_builds(settings: Settings, now: datetime) -> set[Path]:
    """Files that a build which may yet be retried will read."""
    found: set[Path] = set()
    for path in settings.builds.glob(f"*/{builds.MANIFEST}"):
        is_old = path.stat().st_mtime < (now - UNFINISHED).timestamp()
        if is_old or (path.parent / builds.PUBLISHED).exists():
            continue
        for objects in builds.read_json(path)["landing"].values():
            for parts in objects.values():
                found.update(Path(file) for part in parts for file in part["files"])
    return found
