"""What Great Expectations is made to do otherwise while suites run, and no longer.

`buffered_rows`: ten lines without which every check on DuckDB ends in an IndexError. GX reads the rows
after its connection block has closed, and by then DuckDB's cursor is gone. Fetching them when the
statement has run cures it. Remove it when GX ships its own DuckDB engine (great_expectations pull request
12084) or fetches inside the block.

`kept_configurations`: GX makes the configuration of an expectation anew each time that it looks one
argument up, 60 times per expectation, which was a fifth of a gate. Remove it when GX keeps it.

`plain_ids`: GX looks through every argument for what JSON cannot hold each time that it identifies a metric,
80,000 times in a gate, and finds nothing but texts, numbers and nulls: a twelfth of a gate. Remove it when GX
keeps a metric's identity.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_PLAIN = frozenset({str, int, bool, type(None)})  # no float: JSON has no NaN


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


@contextmanager
def kept_configurations() -> Iterator[None]:
    """Within the block an expectation's configuration is made once: nobody changes one that is being run."""
    from great_expectations.expectations.expectation import Expectation

    made = Expectation.__dict__["configuration"]
    kept: dict[int, tuple[Any, Any]] = {}  # with the expectation itself, whose id is nobody else's meanwhile

    def configuration(expectation: Any) -> Any:
        if id(expectation) not in kept:
            kept[id(expectation)] = (expectation, made.fget(expectation))
        return kept[id(expectation)][1]

    setattr(Expectation, "configuration", property(configuration))  # noqa: B010  # mypy knows it as read-only
    try:
        yield
    finally:
        setattr(Expectation, "configuration", made)  # noqa: B010


@contextmanager
def plain_ids() -> Iterator[None]:
    """Within the block arguments that are JSON as they are become a metric's identity as they are."""
    from great_expectations.core import id_dict

    convert = id_dict.convert_to_json_serializable

    def converted(data: dict[str, Any]) -> Any:
        return data if all(type(value) in _PLAIN for value in data.values()) else convert(data)

    setattr(id_dict, "convert_to_json_serializable", converted)  # noqa: B010  # mypy knows its overloads
    try:
        yield
    finally:
        setattr(id_dict, "convert_to_json_serializable", convert)  # noqa: B010
