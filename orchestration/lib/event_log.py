"""Dagster's event log in SQLite, written without a new connection and two waits for the disk per statement.

Belongs here: how this process reaches the files while it writes many events. Their content, format and
place are Dagster's; a server is written to as Dagster does.

Dagster's storage makes an engine and a connection for every statement. The close of the last connection
moves the write-ahead log into the file and removes it. Of a build's 122 seconds for 2,229 events at a busy
machine, 106 were commit and close; without them it is 12, and 8 of CPU instead of 29.
"""

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.pool import StaticPool

_REST = 0.5  # seconds without an event after which files are closed, and the UI's watchers see them change
_CONNECT = "_connect"  # of SqliteEventLogStorage: each statement's transaction on one file
_HAS_TABLE = "has_table"  # asked for every check, over a connection of its own


@contextmanager
def quick_event_log(instance: dg.DagsterInstance) -> Iterator[None]:
    """Within the block, this process keeps its connections to the event log's files while events come.

    What is stored is visible to other processes at once, and survives the end of this one however it comes;
    a loss of power may take the last second's events (the files stay whole). Blocks may be nested; where
    events go to a server nothing is changed.
    """
    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage) or _CONNECT in vars(storage):
        yield
        return
    kept = _KeptConnections(storage)
    setattr(storage, _CONNECT, kept.transaction)
    setattr(storage, _HAS_TABLE, functools.cache(storage.has_table))
    try:
        yield
    finally:
        delattr(storage, _CONNECT)
        delattr(storage, _HAS_TABLE)
        kept.end()


class _KeptConnections:
    def __init__(self, storage: SqliteEventLogStorage) -> None:
        self._storage = storage
        self._first_connect = getattr(storage, _CONNECT)
        self._engines: dict[str, sqlalchemy.Engine] = {}
        self._lock = threading.Lock()  # one connection per file: threads take turns, as with Dagster's own
        self._used = time.monotonic()
        self._ended = threading.Event()
        self._closer = threading.Thread(target=self._close_at_rest, name="event-log-closer", daemon=True)
        self._closer.start()

    @contextmanager
    def transaction(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._lock:
            try:
                with self._engine(shard).begin() as connection:
                    yield connection
            finally:
                self._used = time.monotonic()

    def end(self) -> None:
        self._ended.set()
        self._closer.join()
        with self._lock:
            self._close()

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            with self._first_connect(shard):
                pass  # makes the file, or brings it up to date
            engine = sqlalchemy.create_engine(
                self._storage.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            sqlalchemy.event.listen(engine, "connect", _commit_without_waiting)
            self._engines[shard] = engine
        return self._engines[shard]

    def _close_at_rest(self) -> None:
        while not self._ended.wait(_REST):
            with self._lock:
                if time.monotonic() - self._used > _REST:
                    self._close()

    def _close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


def _commit_without_waiting(connection: sqlalchemy.engine.interfaces.DBAPIConnection, _: object) -> None:
    """What a commit writes is with the operating system; the disk is waited for when the log is moved into
    the file, so that a loss of power cannot damage it."""
    connection.cursor().execute("PRAGMA synchronous=NORMAL")
