"""Landing a source: read, let through the row boundary, compare, append what is new, write it down.

Belongs here: the order of an ingest and what makes it safe to kill at any point. Nothing counts until
the ledger's record is written, last; loads that were completed without one are adopted by the next.
"""

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from orchestration.errors import PipelineError
from orchestration.lib.ingest_ledger import (
    IngestReport,
    ObjectReport,
    completed_ingests,
    feed_states,
    write_record,
)
from orchestration.lib.landing_diff import Comparison, Difference
from orchestration.lib.landing_files import FileId, checksums_of, files_of_load, landing_files
from orchestration.lib.landing_parquet import LOAD_ID, Stamp
from orchestration.lib.landing_settle import Settling
from orchestration.lib.landing_spool import Spool, column_names
from orchestration.lib.landing_state import standing_contents
from orchestration.lib.warehouse import named_lock
from orchestration.records import ObjectFeed
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry

__all__ = ["IngestReport", "completed_ingests", "feed_states", "ingest", "landing_files"]

# Beyond it DuckDB uses the work folder. What else an ingest holds, some 400 MB, does not depend on the
# number of rows; so neither does the whole.
_MEMORY_LIMIT = "256MB"
_Pair = tuple[str, str]


@dataclass(frozen=True)
class _Landed:
    """What landing holds of a source instance before an ingest."""

    files: dict[_Pair, list[Path]]
    adopted: tuple[_Pair, ...]  # (system, load id) of complete loads that no record lists
    adopted_rows: dict[_Pair, int]
    newest: datetime | None


def ingest(
    settings: Settings,
    entry: SourceEntry,
    feeds: Iterator[ObjectFeed],
    *,
    now: datetime,
    progress: Callable[[str], None] = lambda _: None,
    made_from: str | None = None,
) -> IngestReport:
    """Land what is new in a source's feeds and write the ingest into the ledger.

    `now` becomes the load time, moved up where landing already holds a later one; `made_from` is noted.
    All feeds are read and checked before anything is written: a source lands whole or not at all. Raises
    PipelineError where the source cannot be read as configured, or where another ingest of it is under way.
    """
    from orchestration.lib import landing_writer

    with named_lock(settings.work / "locks" / f"ingest-{entry.name}.lock", f"Ingest of {entry.name}"):
        begun = time.monotonic()
        warnings = landing_writer.finish_pending(settings, entry.name)
        landed = _landed(settings, entry.name)
        moment = _moment(now, landed.newest)
        stamp = Stamp(entry.name, moment, landing_writer.new_load_id())
        ingest_id = f"{moment:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:6]}"
        with _workspace(settings, entry.name) as (folder, connection), Settling() as settling:
            spools = [
                _spool(
                    connection,
                    feed,
                    stamp=stamp,
                    folder=folder,
                    landed=landed,
                    settling=settling,
                    progress=progress,
                )
                for feed in feeds
            ]
            _require_objects(entry, spools)
            connection.execute("set preserve_insertion_order = false")  # records carry their position
            comparisons = [
                Comparison(
                    connection,
                    spool,
                    landed.files.get((spool.feed.system, spool.feed.object), []),
                    accept_shrink=entry.accept_shrink,
                    number=number,
                )
                for number, spool in enumerate(spools)
            ]
            differences = [comparison.compare() for comparison in comparisons]
            for spool in spools:
                _keep_rejected(settings, entry.name, ingest_id, spool)
            loads = list(landed.adopted)
            checksums: dict[FileId, str] = {}
            for system in dict.fromkeys(spool.feed.system for spool in spools):
                files = {
                    spool.feed.object: comparison.files(spool.folder)
                    for spool, comparison, difference in zip(spools, comparisons, differences, strict=True)
                    if spool.feed.system == system and _is_to_write(spool, difference, landed)
                }
                if files:
                    progress(f"{entry.name}: landing {', '.join(files)} of {system}")
                    checksums |= landing_writer.write_load(settings, stamp, system, files, settling)
                    loads.append((system, stamp.load_id))
            report = IngestReport(
                ingest_id=ingest_id,
                source_instance=entry.name,
                started_at=moment,
                finished_at=moment + timedelta(seconds=time.monotonic() - begun),
                loads=tuple(loads),
                objects=tuple(
                    _object_report(spool, difference, landed)
                    for spool, difference in zip(spools, differences, strict=True)
                ),
                warnings=(*warnings, *_source_warnings(spools, landed)),
                checksums=checksums_of(settings, entry.name, loads, checksums),
                made_from=made_from,
            )
            write_record(settings, report)
    return report


def _landed(settings: Settings, instance: str) -> _Landed:
    from orchestration.lib.landing_writer import completed_loads

    records = completed_ingests(settings, instance)
    listed = {(load["system"], load["load_id"]) for record in records for load in record["loads"]}
    files = {
        (system, name): paths
        for system, objects in landing_files(settings, records).items()
        for name, paths in objects.items()
    }
    moments = [datetime.fromisoformat(record["finished_at"]) for record in records]
    adopted: list[_Pair] = []
    adopted_rows: dict[_Pair, int] = {}
    for marks in settings.landing.glob("*/_dlt_loads"):
        system = marks.parent.name
        for load_id in completed_loads(settings, instance, system):
            if (system, load_id) in listed:
                continue
            adopted.append((system, load_id))
            for path in files_of_load(settings, system, instance, load_id):
                pair = (system, path.parent.name)
                if path not in files.setdefault(pair, []):
                    files[pair].append(path)
                its_rows = [(LOAD_ID, "=", load_id)]  # a compacted file holds other loads too
                loaded = pq.read_table(path, columns=["_loaded_at"], filters=its_rows)["_loaded_at"]
                adopted_rows[pair] = adopted_rows.get(pair, 0) + len(loaded)
                moments.extend(value for value in loaded.unique().to_pylist())
    newest = max((_naive(moment) for moment in moments), default=None)
    return _Landed(files, tuple(adopted), adopted_rows, newest)


def _moment(now: datetime, newest: datetime | None) -> datetime:
    """Load time, UTC: later than every earlier one, or a clock set back would hide what is new."""
    moment = _naive(now)
    return moment if newest is None or moment > newest else newest + timedelta(microseconds=1)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


@contextlib.contextmanager
def _workspace(settings: Settings, instance: str) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """A fresh scratch folder and a DuckDB that spills into it; both gone afterwards."""
    folder = settings.work / "ingest" / instance
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
            connection.execute("set temp_directory = $folder", {"folder": str(folder / "duckdb")})
            yield folder, connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spool(
    connection: duckdb.DuckDBPyConnection,
    feed: ObjectFeed,
    *,
    stamp: Stamp,
    folder: Path,
    landed: _Landed,
    settling: Settling,
    progress: Callable[[str], None],
) -> Spool:
    files = landed.files.get((feed.system, feed.object), [])
    known = column_names(connection, files)
    spool = Spool(
        feed=feed,
        stamp=stamp,
        folder=folder / f"{feed.system}.{feed.object}",
        spellings={name.lower(): name for name in known},
        standing=standing_contents(connection, feed, files),
        settling=None if files else settling,
    )
    spool.fill(connection, progress)
    return spool


def _require_objects(entry: SourceEntry, spools: Sequence[Spool]) -> None:
    pairs = [(spool.feed.system, spool.feed.object) for spool in spools]
    if not pairs:
        raise PipelineError(f"Source {entry.name} has no object at all.", "Check its `path`.")
    if len(set(pairs)) < len(pairs):
        raise ValueError(f"source {entry.name} has two feeds of one object: {pairs}")


def _is_to_write(spool: Spool, difference: Difference, landed: _Landed) -> bool:
    """An object that has no file yet gets one even without rows: its columns are then known."""
    is_known = bool(landed.files.get((spool.feed.system, spool.feed.object)))
    return bool(difference.landed_rows or difference.deleted_rows or (not is_known and spool.paths))


def _keep_rejected(settings: Settings, instance: str, ingest_id: str, spool: Spool) -> None:
    if spool.rejected_rows:
        folder = settings.rejected / spool.feed.system / spool.feed.object
        folder.mkdir(parents=True, exist_ok=True)
        spool.rejected_path.replace(folder / f"{instance}.{ingest_id}.jsonl")


def _object_report(spool: Spool, difference: Difference, landed: _Landed) -> ObjectReport:
    read_rows = spool.admitted_rows + spool.rejected_rows
    return ObjectReport(
        system=spool.feed.system,
        object=spool.feed.object,
        read_rows=read_rows,
        unchanged_rows=spool.admitted_rows - difference.landed_rows,
        landed_rows=difference.landed_rows,
        rejected_rows=spool.rejected_rows,
        deleted_rows=difference.deleted_rows,
        adopted_rows=landed.adopted_rows.get((spool.feed.system, spool.feed.object), 0),
        is_complete=difference.is_complete,
        files=spool.feed.files,
        warnings=(*spool.warnings, *difference.warnings),
        # without one the last state goes on: a listing that was not believed is asked for again
        state=spool.feed.state() if spool.feed.state and difference.is_believed else None,
    )


def _source_warnings(spools: Sequence[Spool], landed: _Landed) -> list[str]:
    warnings = [
        f"load {load_id} of {system} came from an ingest that was interrupted and counts from now on"
        for system, load_id in landed.adopted
    ]
    present = {(spool.feed.system, spool.feed.object) for spool in spools}
    missing = sorted(f"{system} {name}" for system, name in set(landed.files) - present)
    if missing:
        warnings.append(
            f"landed earlier and missing now, its records stay as they were: {', '.join(missing)}"
        )
    return warnings
