"""Ten lines without which every Great Expectations check on DuckDB ends in an IndexError.

GX reads the rows after its connection block has closed, and by then DuckDB's cursor is gone.
Fetching them when the statement has run cures it. Remove this file when GX ships its own DuckDB
engine (great_expectations pull request 12084) or fetches inside the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def buffered_rows() -> Iterator[None]:
    """Within the block every DuckDB result set of SQLAlchemy is read as soon as it exists."""
    import sqlalchemy
    from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

    def buffer(conn: Any, cursor: Any, _statement: Any, _parameters: Any, context: Any, _many: Any) -> None:
        if conn.dialect.name == "duckdb" and cursor.description:
            context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                cursor, initial_buffer=cursor.fetchall()
            )

    sqlalchemy.event.listen(sqlalchemy.Engine, "after_cursor_execute", buffer)
    try:
        yield
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "after_cursor_execute", buffer)
