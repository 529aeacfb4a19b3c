"""Erasure of one person from everything under PIPELINE_HOME, by rewriting.

Belongs here: which files hold data and how each kind is rewritten, file by file and atomically. Who the
person is, is `person`; what their texts become, `redaction`. DELETE is not erasure: deleted text stays in
a database file until it is written anew.
"""

import gzip
import shutil
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.errors import PipelineError
from orchestration.lib import builds, version_files
from orchestration.lib.content import quoted, text
from orchestration.lib.erasure_files import erase_file, erase_landing_file, erase_version
from orchestration.lib.person import find_person, shared_texts
from orchestration.lib.redaction import Redaction, redaction_of, text_columns
from orchestration.lib.warehouse import named_lock, writer_lock
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file


@dataclass
class Erasure:
    """What was done, without saying to whom. `shared_texts`: texts that other people's records have too
    and that stay there (a switchboard's number)."""

    erased_at: str
    records: int
    rows_removed: int = 0
    files_rewritten: int = 0
    shared_texts: int = 0


def erase(settings: Settings, record_id: str, *, now: datetime | None = None) -> Erasure:
    """Remove a person from landing, `rejected/`, the warehouse, the published versions, the builds' ledger
    and reports, Dagster's storage and the working folders.

    `record_id`: a lead's or contact's id as the marts have it, or an e-mail address. Their records go; what
    others did with them (calls, meetings, deals) stays without their name. The warehouse and the history of
    days are deleted: the next build and backfill make them anew from landing. Raises PipelineError where
    nobody is found, where a run holds the data, or where a text of theirs is left.
    """
    sources = load_sources_file(settings.sources_file)
    with ExitStack() as locks:
        for entry in sources.sources:
            lock = settings.work / "locks" / f"ingest-{entry.name}.lock"
            locks.enter_context(named_lock(lock, "the erasure"))
        locks.enter_context(writer_lock(settings, "the erasure"))
        locks.enter_context(named_lock(settings.home / "publish.lock", "the erasure"))
        person = find_person(settings, sources, record_id)
        redaction = redaction_of(person, shared_texts(settings, sources, person))
        moment = (now or datetime.now(UTC)).astimezone(UTC)
        done = Erasure(moment.isoformat(timespec="seconds"), len(person.keys), shared_texts=redaction.shared)
        # Derived files first: killed half-way, landing still knows who the person is, and it is run again.
        removed: list[int | None] = [
            erase_version(settings, path.parent, redaction)
            for path in sorted(settings.published.glob(f"v-*/{version_files.RECORD}"))
        ]
        derived = (*settings.home.glob("warehouse.duckdb*"), *settings.work.glob("*"), settings.flag_history)
        for path in derived:
            if path.name != "locks" and path.exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in (settings.builds, settings.dagster_home, settings.rejected, settings.home / "digests"):
            removed += [erase_file(path, redaction) for path in _files(folder)]
        for path in _files(settings.landing):
            erase_one = erase_landing_file if path.suffix == ".parquet" else erase_file
            removed.append(erase_one(path, redaction))
        done.files_rewritten = sum(rows is not None for rows in removed)
        done.rows_removed = sum(rows or 0 for rows in removed)
        left = remaining(settings, redaction)
        if left:
            raise PipelineError(
                "after the erasure the person is still named in "
                + ", ".join(str(path.relative_to(settings.home)) for path in left[:5]),
                "Stop what writes there and run the erasure again.",
            )
        stamp = moment.strftime("%Y%m%dT%H%M%S")
        builds.write_json(settings.erasures / f"{stamp}.json", asdict(done))
        return done


def remaining(settings: Settings, redaction: Redaction) -> list[Path]:
    """Files under PIPELINE_HOME that still hold a text of the person's alone: Parquet and DuckDB files are
    read (they are compressed), every other one is searched byte by byte."""
    found = []
    for path in _files(settings.home):
        if path.suffix == ".parquet":
            with duckdb.connect() as connection:
                named = _counts(connection, f"read_parquet({text(path)})", redaction)
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                named = sum(_counts(connection, table, redaction) for table in _tables(connection))
        else:
            content = path.read_bytes()
            content = (gzip.decompress(content) if path.suffix == ".gz" else content).lower()
            named = sum(probe.encode() in content for probe in redaction.probes)
        if named:
            found.append(path)
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _counts(connection: duckdb.DuckDBPyConnection, relation: str, redaction: Redaction) -> int:
    texts = [column for column, is_text in text_columns(connection, relation) if is_text]
    if not texts:
        return 0
    row = connection.execute(f"select count(*) from {relation} where {redaction.is_named(texts)}").fetchone()
    return int(row[0]) if row else 0


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    return [f"{quoted(schema)}.{quoted(name)}" for schema, name in rows]
