"""The private warehouse: one writer at a time, and who it is.

Belongs here: the lock around everything that opens `warehouse.duckdb`, and opening it to read.
Writing it is dbt's alone.
"""

import contextlib
import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from orchestration.errors import PipelineError
from orchestration.settings import Settings

# What DuckDB says where the file may be whole and the machine does not give it.
_REFUSED = re.compile(r"set lock|Permission denied|Read-only file system|No space left|Cannot open file")


@contextmanager
def named_lock(path: Path, purpose: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold an operating-system lock on `path` and write down who holds it (`<path>.json`).

    The lock ends with the process, however that ends. Taken again by the same thread it nests.
    Raises PipelineError naming the holder when it is not free within `wait_seconds`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise PipelineError(
            f"{purpose} cannot start: {_holder(path)}",
            "Wait until that has ended, or stop it; the lock ends with its process.",
        ) from error
    except OSError as error:
        raise PipelineError(
            f"{purpose} cannot start: {path} cannot be locked ({error.strerror})",
            "Allow writing to that folder.",
        ) from error
    try:
        if lock.lock_counter == 1:
            _name_holder(path, purpose)
        yield
    finally:
        if lock.lock_counter == 1:
            with contextlib.suppress(OSError):
                _holder_file(path).unlink(missing_ok=True)
        lock.release()


@contextmanager
def writer_lock(settings: Settings, purpose: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the right to write the warehouse: dbt to use it, the gate and the publisher so that what
    they read stays as it is. DuckDB allows one writing process or many reading ones, never both.
    """
    with named_lock(settings.home / "warehouse.lock", purpose, wait_seconds=wait_seconds):
        yield


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection. Raises PipelineError where there is no warehouse or it is being written."""
    if not settings.warehouse.is_file():
        raise PipelineError(f"there is no warehouse at {settings.warehouse}", "Run the job `build`.")
    try:
        connection = duckdb.connect(str(settings.warehouse), read_only=True)
        # not as configuration: DuckDB refuses connections of one process that differ in it
        connection.execute("set memory_limit = ?", [settings.memory_limit])
    except duckdb.Error as error:
        raise PipelineError(
            f"{settings.warehouse} cannot be read: {error}",
            "If a process holds it, wait for that; if the file is damaged, delete it and run the job"
            " `build`: landing has everything.",
        ) from error
    try:
        yield connection
    finally:
        connection.close()


def remove_unreadable(settings: Settings, *, read_all: bool = False) -> list[str]:
    """Delete a warehouse that DuckDB cannot open: the build that follows makes it anew from landing.

    `read_all`: every value is read too, which finds damage inside the tables. Returns a sentence for what
    was deleted. The caller holds the writer's lock. Raises PipelineError where another process has it open.
    """
    wal = settings.warehouse.with_name(settings.warehouse.name + ".wal")
    if not settings.warehouse.exists():
        wal.unlink(missing_ok=True)  # of a warehouse that is gone; it would be replayed into the new one
        return []
    try:
        with duckdb.connect(str(settings.warehouse)) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables if read_all else ():
                connection.execute(f'select count(hash(t)) from "{schema}"."{table}" as t').fetchall()
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if isinstance(error, duckdb.OutOfMemoryException) or _REFUSED.search(said):
            raise PipelineError(
                f"{settings.warehouse} cannot be opened: {said}",
                "If another process has it open, close it there; else see to what the message says.",
            ) from error
        for path in (settings.warehouse, wal):
            path.unlink(missing_ok=True)
        return [f"{settings.warehouse.name} was damaged ({said}). It is made anew from landing."]
    return []


def warehouse_build_id(settings: Settings) -> str:
    """The build whose marts lie in the warehouse, by its own `meta_build`.

    Raises PipelineError where there is none, or more than one.
    """
    with read_warehouse(settings) as connection:
        return build_id_in(connection)


def build_id_in(connection: duckdb.DuckDBPyConnection) -> str:
    """The same of a warehouse that is open already."""
    try:
        rows = connection.execute("select distinct build_id from main.meta_build").fetchall()
    except duckdb.Error as error:
        raise PipelineError(
            "the warehouse has no table meta_build, so it is not known which build it holds",
            "Run the whole job `build`.",
        ) from error
    if len(rows) != 1 or not rows[0][0]:
        raise PipelineError(
            f"meta_build of the warehouse names {len(rows)} builds instead of one",
            "Run the whole job `build`.",
        )
    return str(rows[0][0])


def row_counts(settings: Settings) -> dict[str, int]:
    """Rows of every table of the warehouse by bare name; empty where there is no warehouse."""
    if not settings.warehouse.is_file():
        return {}
    with read_warehouse(settings) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return {table: count_rows(connection, schema, table) for schema, table in tables}


def count_rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    """Exact; DuckDB answers from its row group headers."""
    row = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone()
    return int(row[0]) if row else 0


def _holder_file(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _name_holder(path: Path, purpose: str) -> None:
    facts = {
        "purpose": purpose,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
    }
    _holder_file(path).write_text(json.dumps(facts), encoding="utf-8")


def _holder(path: Path) -> str:
    try:
        facts = json.loads(_holder_file(path).read_text(encoding="utf-8"))
        return "{purpose} holds {path} (process {pid} on {host}, since {since} UTC)".format(
            path=path, **facts
        )
    except (OSError, ValueError, KeyError):
        return f"another process holds {path}"
