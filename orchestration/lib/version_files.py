"""One published version as files: `v-<build>/{marts.duckdb, parquet/, checksums.json, publication.json}`.

Belongs here: writing a version from the warehouse and proving that it holds what was judged. Which
version is served is the publisher's business.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.content import (
    COMPLETED_AT_PUBLISHING,
    TableContent,
    contents,
    quoted,
    table_content,
    text,
)
from orchestration.lib.fingerprint import checksum
from orchestration.lib.verdict import counts
from orchestration.settings import Settings

DATABASE = "marts.duckdb"
PARQUET = "parquet"
RECORD = "publication.json"
CHECKSUMS = "checksums.json"

_REMEDY = "Nothing was published; what was served before is still served. Start a new build."


def judged_contents(verdict: Mapping[str, Any]) -> dict[str, TableContent]:
    """What the verdict says each table held."""
    return {
        name: TableContent(facts["rows"], tuple(facts["columns"]), facts["hash"])
        for name, facts in verdict["tables"].items()
    }


def differing(found: Mapping[str, TableContent], judged: Mapping[str, TableContent]) -> list[str]:
    """Names of tables whose content is not the one that was judged."""
    return sorted(name for name in set(found) | set(judged) if found.get(name) != judged.get(name))


def write_version(settings: Settings, folder: Path, verdict: Mapping[str, Any]) -> None:
    """Copy the judged tables of the warehouse into `folder`: a DuckDB file and a Parquet file each.

    `meta_build` is completed with what is known only now. Ends with everything checkpointed, verified
    against the verdict and synced. Raises PipelineError where the copy is not what was judged.
    """
    (folder / PARQUET).mkdir(parents=True)
    settings.work.mkdir(parents=True, exist_ok=True)
    database = folder / DATABASE
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.execute("set memory_limit = '2GB'")
        connection.execute(f"set temp_directory = {text(settings.work / 'publish')}")
        connection.execute(f"attach {text(settings.warehouse)} as warehouse (read_only)")
        connection.execute(f"attach {text(database)} as published")
        for table in sorted(verdict["tables"]):
            _copy_table(connection, table, verdict)
            parquet = folder / PARQUET / f"{table}.parquet"
            connection.execute(
                f"copy published.main.{quoted(table)} to {text(parquet)} (format parquet, compression zstd)"
            )
        comment_columns(connection, "published")
        connection.execute("checkpoint published")
        connection.execute("detach published")
    verify_version(folder, verdict)
    for path in (database, *(folder / PARQUET).iterdir()):
        path.chmod(0o444)  # a tool that opens it to write would lock out every reader
        builds.fsync_file(path)
    builds.fsync_dir(folder / PARQUET)
    write_checksums(folder)


def comment_columns(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Give each column of an attached version its description of `meta_columns` as comment, for BI tools."""
    tables = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and table_name = 'meta_columns'", [database]
    ).fetchall()
    if not tables:
        return
    described = connection.execute(
        f"""
        select "table", "column", description
        from {quoted(database)}.main.meta_columns
        semi join duckdb_columns() as columns
            on columns.database_name = ? and columns.table_name = "table" and columns.column_name = "column"
        where description is not null
        """,
        [database],
    ).fetchall()
    connection.execute("begin")  # one transaction: a commit for each column would take seconds
    for table, column, description in described:
        relation = f"{quoted(database)}.main.{quoted(table)}"
        connection.execute(f"comment on column {relation}.{quoted(column)} is {text(description)}")
    connection.execute("commit")


def write_checksums(folder: Path) -> None:
    """Note the content of a version's files as it is now, for `is_as_written`."""
    builds.write_json(folder / CHECKSUMS, _checksums(folder))


def is_as_written(folder: Path, tables: Iterable[str]) -> bool:
    """Are the DuckDB file and a Parquet file of each table there, and is every file byte by byte what was
    written? Much cheaper than `verify_version`, which reads every value."""
    try:
        noted = builds.read_json(folder / CHECKSUMS)
        expected = {DATABASE, *(f"{PARQUET}/{table}.parquet" for table in tables)}
        return set(noted) == expected and noted == _checksums(folder)
    except (OSError, PipelineError):
        return False


def verify_version(folder: Path, judged: Mapping[str, Any]) -> None:
    """Prove that a version's files hold what was judged, read anew from the disk.

    `judged`: the verdict, or the version's own record. A version made with another DuckDB is held to
    its row counts and columns: row hashes differ between DuckDB's versions. Raises PipelineError
    naming the tables that differ.
    """
    database = folder / DATABASE
    leftover = database.with_name(DATABASE + ".wal")
    if leftover.exists():
        raise PipelineError(f"{database} was not checkpointed: {leftover.name} is left", _REMEDY)
    expected = judged_contents(judged)
    is_same_duckdb = judged["duckdb_version"] == duckdb.__version__
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            found = contents(connection, _tables(connection))
            parquet = {table: _parquet_content(connection, folder, table) for table in expected}
    except duckdb.Error as error:
        raise PipelineError(f"{folder} cannot be read: {error}", _REMEDY) from error
    if not is_same_duckdb:
        expected, found, parquet = (_without_hash(part) for part in (expected, found, parquet))
    wrong = differing(found, expected)
    # Parquet has fewer types than DuckDB, so its columns are held to the values only.
    wrong += [
        f"{table}.parquet"
        for table, content in expected.items()
        if (parquet[table].rows, parquet[table].hash) != (content.rows, content.hash)
    ]
    if wrong:
        raise PipelineError(f"{folder} does not hold what was judged: {', '.join(wrong)}", _REMEDY)


def _checksums(folder: Path) -> dict[str, str]:
    """Of everything but what speaks of the version; a log that DuckDB left would be among it."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json")
    return {path.relative_to(folder).as_posix(): checksum(path) for path in sorted(paths)}


def _copy_table(connection: duckdb.DuckDBPyConnection, table: str, verdict: Mapping[str, Any]) -> None:
    source = f"warehouse.main.{quoted(table)}"
    replaced = ""
    values: list[Any] = []
    if table in COMPLETED_AT_PUBLISHING:
        known = _completion(verdict)
        types = {name: kind for name, kind, *_ in connection.execute(f"describe {source}").fetchall()}
        names = COMPLETED_AT_PUBLISHING[table]
        replaced = " replace (" + ", ".join(f"cast(? as {types[n]}) as {quoted(n)}" for n in names) + ")"
        values = [known[name] for name in names]
    target = f"published.main.{quoted(table)}"
    connection.execute(f"create table {target} as select *{replaced} from {source}", values)


def _completion(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """Values of meta_build's last columns. The end of the audit stands for the end of the build, so
    that publishing twice gives the same rows."""
    rows = {name: facts["rows"] for name, facts in sorted(verdict["tables"].items())}
    return {"finished_at": verdict["created_at"], "table_row_counts": json.dumps(rows), **counts(verdict)}


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]


def _parquet_content(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> TableContent:
    path = folder / PARQUET / f"{table}.parquet"
    return table_content(connection, table, f"read_parquet({text(path)})")


def _without_hash(content: Mapping[str, TableContent]) -> dict[str, TableContent]:
    return {name: replace(facts, hash="") for name, facts in content.items()}
