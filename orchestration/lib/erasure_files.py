"""Rewriting one file without a person: Parquet of landing, a published version, SQLite, text.

Belongs here: each kind of file, replaced whole and atomically. Which files there are is `erasure`.
"""

import gzip
import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import duckdb

from orchestration.catalog import objects_of
from orchestration.lib import builds, version_files
from orchestration.lib.content import content_hash, quoted, table_content, text
from orchestration.lib.landing_files import file_rewritten
from orchestration.lib.person import Person
from orchestration.lib.redaction import Redaction, is_reference, text_columns
from orchestration.settings import Settings

_SQLITE = b"SQLite format 3\0"
_OF_THE_PERSON = ("duplicate_of", "cluster_id")  # of marts: ids of leads under other names


def erase_landing_file(path: Path, redaction: Redaction) -> int | None:
    """A file of landing: the person's records go, other rows lose what names them. `_record_hash` stays
    that of the row as the source sent it, so that the next export counts it as unchanged.

    Returns the number of rows removed, None where the file does not name the person.
    """
    person, system, name = redaction.person, path.parent.parent.name, path.parent.name
    relation = f"read_parquet({text(path)})"
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '2GB'")
        columns = text_columns(connection, relation)
        texts = [column for column, is_text in columns if is_text and not column.startswith("_")]
        if not texts:
            return None
        gone = _is_gone(system, name, person, texts)
        references = {
            column: _reference_sql(column, person)
            for column in texts
            if is_reference(column) and column != _key_column(system, name)
        }
        named = " or ".join([redaction.is_named(texts), *references.values()])
        removed, touched = connection.execute(
            f"select count(*) filter (where {gone}), count(*) filter (where {gone} or {named})"
            f" from {relation}"
        ).fetchone() or (0, 0)
        if not touched:
            return None
        shown = [
            _rewritten(redaction, column, named, references)
            if is_text and not column.startswith("_")
            else quoted(column)
            for column, is_text in columns
        ]
        fresh = path.with_name(f".{path.name}.tmp")
        connection.execute(
            f"copy (select {', '.join(shown)} from {relation} where not {gone})"
            f" to {text(fresh)} (format parquet, compression zstd)"
        )
    with file_rewritten(path):
        _replace(fresh, path)
    return int(removed)


def _rewritten(redaction: Redaction, column: str, named: str, references: dict[str, str]) -> str:
    """SQL of a text column without the person, in rows that name them only: all others stay as they are."""
    value = redaction.own_column(column)
    if column in references:
        value = f"case when {references[column]} then null else {value} end"
    return f"case when {named} then {value} else {quoted(column)} end as {quoted(column)}"


def _is_gone(system: str, name: str, person: Person, columns: list[str]) -> str:
    """SQL: the row is a record of the person's, or is about nothing but them."""
    keys = [(owner, key) for owner, known, each, key in person.keys if (known, each) == (system, name)]
    conditions = [f"(_source_instance = {text(o)} and _record_key = {text(k)})" for o, k in sorted(keys)]
    spec = objects_of(system).get(name)
    about = spec.about_person if spec else None
    if about in columns:
        conditions.append(_reference_sql(str(about), person))
    if (system, name) == ("hubspot", "associations"):
        conditions.append(f"fromObjectType = 'contacts' and {_reference_sql('fromObjectId', person)}")
    return "(" + " or ".join(conditions or ["false"]) + ")"


def _reference_sql(column: str, person: Person) -> str:
    """SQL: the column holds an id of the person's in the row's own source instance."""
    pairs = [
        f"(_source_instance = {text(owner)} and {quoted(column)} in"
        f" ({', '.join(text(item) for item in sorted(person.native_ids(owner)))}))"
        for owner in sorted({owner for owner, *_ in person.keys})
    ]
    return "coalesce(" + " or ".join(pairs) + ", false)"


def _key_column(system: str, name: str) -> str | None:
    spec = objects_of(system).get(name)
    return spec.key[0] if spec and len(spec.key) == 1 else None


def erase_version(settings: Settings, version: Path, redaction: Redaction) -> int:
    """A published version: its tables anew without the person, and its record to match. Returns the rows
    removed."""
    removed = 0
    ids = sorted(redaction.person.record_ids)
    listed = ", ".join(text(item) for item in ids)
    fresh = version / f".{version_files.DATABASE}.tmp"
    fresh.unlink(missing_ok=True)
    record = builds.read_json(version / version_files.RECORD)
    changed: list[tuple[Path, Path]] = [(fresh, version / version_files.DATABASE)]
    with duckdb.connect(str(fresh)) as connection:
        connection.execute(f"attach {text(version / version_files.DATABASE)} as old (read_only)")
        for table in sorted(record["tables"]):
            relation = f"old.main.{quoted(table)}"
            columns = text_columns(connection, relation)
            texts = [column for column, is_text in columns if is_text]
            references = {
                column: f"coalesce({quoted(column)} in ({listed}), false)"
                for column in texts
                if is_reference(column) or column in _OF_THE_PERSON
            }
            # A table whose first column is the person's id has rows for each person.
            gone = references.get(columns[0][0], "false")
            named = " or ".join([redaction.is_named(texts) if texts else "false", *references.values()])
            shown = [
                _rewritten(redaction, column, named, references) if is_text else quoted(column)
                for column, is_text in columns
            ]
            connection.execute(
                f"create table main.{quoted(table)} as select {', '.join(shown)} from {relation}"
                f" where not {gone}"
            )
            content = table_content(connection, table, f"main.{quoted(table)}")
            removed += record["tables"][table]["rows"] - content.rows
            parquet = version / version_files.PARQUET / f"{table}.parquet"
            if content.hash != record["tables"][table]["hash"]:
                new = parquet.with_name(f".{parquet.name}.tmp")
                connection.execute(
                    f"copy main.{quoted(table)} to {text(new)} (format parquet, compression zstd)"
                )
                changed.append((new, parquet))
            record["tables"][table] = asdict(content) | {"columns": list(content.columns)}
        ((database,),) = connection.execute("select current_database()").fetchall()
        version_files.comment_columns(connection, database)
        connection.execute("checkpoint")
    for new, old in changed:
        new.chmod(0o444)
        _replace(new, old)
    version_files.write_checksums(version)
    builds.write_json(version / version_files.RECORD, record)
    for name in (builds.VERDICT, builds.PUBLISHED):  # the ledger speaks of the same content
        ledger = builds.build_dir(settings, record["build_id"]) / name
        if ledger.exists():
            document = builds.read_json(ledger) | {"tables": record["tables"]}
            if "content_hash" in document:
                document["content_hash"] = content_hash(record["tables"])
            builds.write_json(ledger, document)
    return removed


def erase_file(path: Path, redaction: Redaction) -> int | None:
    """A text file or an SQLite database; JSON Lines of rejected rows lose the person's rows whole.

    Returns the number of rows removed, None where the file does not name the person.
    """
    with path.open("rb") as file:
        is_sqlite = file.read(len(_SQLITE)) == _SQLITE
    if is_sqlite:
        return 0 if _erase_sqlite(path, redaction) else None
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return None  # SQLite's own, emptied with its database
    if path.suffix == ".gz":
        return _erase_gzip(path, redaction)
    removed = 0
    before = path.read_bytes().decode("utf-8", errors="surrogateescape")
    if path.suffix == ".jsonl":
        ids = {key for *_, key in redaction.person.keys}
        lines = before.splitlines(keepends=True)
        kept = [line for line in lines if not _is_their_row(line, ids, redaction)]
        removed = len(lines) - len(kept)
        after = "".join(redaction.document(line.rstrip("\n")) + "\n" for line in kept)
    else:
        after = redaction.document(before)
    if after == before:
        return None
    fresh = path.with_name(f".{path.name}.tmp")
    fresh.write_bytes(after.encode("utf-8", errors="surrogateescape"))
    _replace(fresh, path)
    return removed


def _erase_gzip(path: Path, redaction: Redaction) -> int | None:
    before = gzip.decompress(path.read_bytes()).decode("utf-8", errors="surrogateescape")
    after = redaction.document(before)
    if after == before:
        return None
    fresh = path.with_name(f".{path.name}.tmp")
    fresh.write_bytes(gzip.compress(after.encode("utf-8", errors="surrogateescape"), mtime=0))
    _replace(fresh, path)
    return 0


def _is_their_row(line: str, ids: set[str], redaction: Redaction) -> bool:
    """Is a line of `rejected/` a row that bears their id or names them?"""
    try:
        record = json.loads(line).get("record")
    except (ValueError, AttributeError):
        return False
    values = [str(v) for v in record.values()] if isinstance(record, dict) else [str(record)]
    said = "\n".join(values).lower()
    return bool(ids & set(values)) or any(probe in said for probe in redaction.probes)


def _erase_sqlite(path: Path, redaction: Redaction) -> bool:
    """Rewrite every text of the database, then the file (VACUUM): freed pages keep their bytes."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.create_function("redacted", 1, redaction.document, deterministic=True)
        tables = [
            name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
        ]
        changed = 0
        for table in tables:
            for _, column, *_ in connection.execute(f"pragma table_info({quoted(table)})").fetchall():
                changed += connection.execute(
                    f"update {quoted(table)} set {quoted(column)} = redacted({quoted(column)})"
                    f" where typeof({quoted(column)}) = 'text'"
                    f" and redacted({quoted(column)}) <> {quoted(column)}"
                ).rowcount
        connection.commit()
        if changed:
            connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
    return bool(changed)


def _replace(fresh: Path, path: Path) -> None:
    builds.fsync_file(fresh)
    fresh.replace(path)
    builds.fsync_dir(path.parent)
