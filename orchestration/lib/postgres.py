"""The served build in PostgreSQL too, for BI tools that want a server.

Belongs here: one schema per build, and the schema of views that readers see, swapped in one transaction.
The files are the publication (`publisher`); this is a copy of the version that they serve, made after it.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.errors import PipelineError
from orchestration.lib import builds, version_files
from orchestration.lib.content import quoted as duckdb_name
from orchestration.lib.content import text as duckdb_text
from orchestration.lib.publisher import current_version
from orchestration.settings import POSTGRES_URL, Settings

if TYPE_CHECKING:
    import psycopg

VIEWS = "pipeline_truth"  # what BI reads
READER = "pipeline_truth_reader"  # may read that and nothing else; a login is made a member of it
KEEP_SCHEMAS = 2  # the served build and the one before: a query that began on it may end
_PREFIX = "pipeline_truth_build_"
_BLOCK = 1 << 20
_LOCK_TIMEOUT = "10s"  # a reader's long query holds its view; the swap then fails and is tried again later
_TYPES = {
    "VARCHAR": "text", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz", "TINYINT": "smallint", "SMALLINT": "smallint",
    "INTEGER": "integer", "BIGINT": "bigint", "HUGEINT": "numeric(38)", "UBIGINT": "numeric(20)",
    "UINTEGER": "bigint", "FLOAT": "real", "DOUBLE": "double precision", "JSON": "jsonb",
}  # fmt: skip


def publish_to_postgres(settings: Settings, url: str) -> dict[str, int]:
    """Copy the served version into a schema of its own, then point every view at it, all at once.

    Returns rows per table. `url`: a connection string of a role that may create schemas; it is never
    shown. Until the one transaction of the swap ends, readers see the build before. Raises PipelineError
    where nothing is served, the server cannot be reached or refuses, or a table arrived with other rows.
    """
    version = current_version(settings)
    if version is None:
        raise PipelineError(f"nothing is served in {settings.published}", "Run the job `build`.")
    record = builds.read_json(version / version_files.RECORD)
    schema = _PREFIX + re.sub(r"[^a-z0-9]+", "_", str(record["build_id"]).lower())
    with _connected(url) as connection, connection.cursor() as cursor:
        _prepare(cursor)
        connection.commit()
        if not _is_whole(cursor, schema):
            _copy_version(cursor, version, schema, record["tables"])
            cursor.execute(
                f'comment on schema "{schema}" is {_literal("whole: build " + record["build_id"])}'
            )
            connection.commit()
        _swap(cursor, schema, sorted(record["tables"]))
        connection.commit()
        _retire(connection, schema)
    return {table: int(facts["rows"]) for table, facts in record["tables"].items()}


def served_build(url: str) -> str | None:
    """The build that readers of the server see; None where they see none. Raises PipelineError where the
    server cannot be reached."""
    with _connected(url) as connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s)", [f"{VIEWS}.meta_build"])
        row = cursor.fetchone()
        if row is None or row[0] is None:
            return None
        cursor.execute(f'select build_id from "{VIEWS}".meta_build')
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _prepare(cursor: "psycopg.Cursor[Any]") -> None:
    cursor.execute(f"set lock_timeout = '{_LOCK_TIMEOUT}'")
    cursor.execute("select pg_advisory_lock(hashtext('pipeline_truth publication'))")
    cursor.execute("select 1 from pg_roles where rolname = %s", [READER])
    if cursor.fetchone() is None:
        cursor.execute(f'create role "{READER}" nologin')
    cursor.execute(f'create schema if not exists "{VIEWS}"')
    cursor.execute(f'grant usage on schema "{VIEWS}" to "{READER}"')


def _is_whole(cursor: "psycopg.Cursor[Any]", schema: str) -> bool:
    """Was this build copied whole? Its comment is written with the last of its tables."""
    cursor.execute(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s", [schema]
    )
    row = cursor.fetchone()
    return bool(row and row[0] and str(row[0]).startswith("whole"))


def _copy_version(
    cursor: "psycopg.Cursor[Any]", version: Path, schema: str, tables: Mapping[str, Mapping[str, Any]]
) -> None:
    cursor.execute(f'drop schema if exists "{schema}" cascade')  # left half-copied by a killed run
    cursor.execute(f'create schema "{schema}"')
    database = version / version_files.DATABASE
    with (
        duckdb.connect(str(database.resolve()), read_only=True) as connection,
        tempfile.TemporaryDirectory(prefix="pipeline-truth-") as folder,
    ):
        described = _descriptions(connection)
        for table in sorted(tables):
            columns = [
                (name, _postgres_type(kind))
                for name, kind, *_ in connection.execute(f"describe main.{duckdb_name(table)}").fetchall()
            ]
            declared = ", ".join(f"{_name(name)} {kind}" for name, kind in columns)
            cursor.execute(f'create table "{schema}".{_name(table)} ({declared})')
            file = Path(folder) / "table.csv"
            connection.execute(
                f"copy main.{duckdb_name(table)} to {duckdb_text(file)}"
                r" (format csv, header false, nullstr '\N', force_quote *)"
            )
            statement = f"copy \"{schema}\".{_name(table)} from stdin (format csv, null '\\N')"
            with file.open("rb") as source, cursor.copy(statement) as target:
                while block := source.read(_BLOCK):
                    target.write(block)
            cursor.execute(f'select count(*) from "{schema}".{_name(table)}')
            found = cursor.fetchone()
            if not found or found[0] != tables[table]["rows"]:
                raise PipelineError(
                    f"{table} arrived in PostgreSQL with {found[0] if found else 0} rows instead of"
                    f" {tables[table]['rows']}",
                    "The views were not swapped; run the publication again.",
                )
            for name, _ in columns:
                if (table, name) in described:
                    cursor.execute(
                        f'comment on column "{schema}".{_name(table)}.{_name(name)} is'
                        f" {_literal(described[table, name])}"
                    )
            cursor.execute(f'analyze "{schema}".{_name(table)}')


def _swap(cursor: "psycopg.Cursor[Any]", schema: str, tables: list[str]) -> None:
    """Every view anew, in the transaction that the caller commits; a view that lost its table goes."""
    cursor.execute("select viewname from pg_views where schemaname = %s", [VIEWS])
    for (view,) in cursor.fetchall():
        cursor.execute(f'drop view "{VIEWS}".{_name(view)}')
    for table in tables:
        cursor.execute(f'create view "{VIEWS}".{_name(table)} as select * from "{schema}".{_name(table)}')
    cursor.execute(f'grant select on all tables in schema "{VIEWS}" to "{READER}"')


def _retire(connection: "psycopg.Connection[Any]", served: str) -> None:
    """Drop all but the last builds; one that a reader still holds is dropped after a later publication."""
    import psycopg

    with connection.cursor() as cursor:
        cursor.execute(
            "select nspname from pg_namespace where nspname like %s order by nspname", [_PREFIX + "%"]
        )
        others = [name for (name,) in cursor.fetchall() if name != served]
        for schema in others[: max(0, len(others) - KEEP_SCHEMAS + 1)]:
            try:
                cursor.execute(f'drop schema "{schema}" cascade')
                connection.commit()
            except psycopg.errors.LockNotAvailable:
                connection.rollback()


@contextmanager
def _connected(url: str) -> Iterator["psycopg.Connection[Any]"]:
    """A connection; the server's refusals become the user's error, without the connection string."""
    import psycopg  # only where PostgreSQL is configured

    try:
        with psycopg.connect(url, connect_timeout=15, application_name="pipeline_truth") as connection:
            yield connection
    except psycopg.Error as error:
        said = (error.diag.message_primary or type(error).__name__) if error.diag else type(error).__name__
        refusal = PipelineError(
            f"the build could not be published to PostgreSQL: {said}",
            f"Check {POSTGRES_URL} and the server; its readers still see the build before, and the files"
            " are published. Materialize `published_in_postgres` to try again.",
        )
        # away, restarting, or a view held by a reader: each may be over in a minute
        refusal.is_transient = isinstance(error, psycopg.OperationalError)
        raise refusal from None


def _descriptions(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Description of each (table, column), from meta_columns where it is published."""
    try:
        rows = connection.execute('select "table", "column", description from main.meta_columns').fetchall()
    except duckdb.Error:
        return {}
    return {(table, column): description for table, column, description in rows if description}


def _postgres_type(kind: str) -> str:
    """PostgreSQL's type for DuckDB's; nested values travel as their text."""
    if kind.startswith("DECIMAL("):
        return kind.lower().replace("decimal", "numeric")
    return _TYPES.get(kind, "text")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    """COMMENT takes no parameters. E'' reads the same whatever standard_conforming_strings says."""
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
