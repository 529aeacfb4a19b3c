"""Figures of published tables that later builds are compared with: one SQL pass per table.

Belongs here: measuring. What the figures mean beside those of other builds is `trends.py`; where they are
kept is the gate's business. They are kept for good, so they hold counts and quantiles and no text that
people have typed: of a column only the `values` that its suite declares are counted by name.
"""

from collections.abc import Sequence
from typing import Any

import duckdb

from expectations.schema import SCHEMA, Suite

OTHER, UNKNOWN = "(other)", "(unknown)"
_QUARTILES = "[0.25, 0.5, 0.75]"

Profile = dict[str, dict[str, Any]]


def profile(connection: duckdb.DuckDBPyConnection, suites: Sequence[Suite]) -> Profile:
    """Per table that is there: `rows`; `nulls` of every column; and where its trends ask for them `sources`
    (rows per source instance), `quartiles` (column to p25, p50, p75, null without a value) and
    `categories` (column to rows per declared value, `(other)` and `(unknown)`, where there are any).

    A trend's column that the table lacks is left out.
    """
    described = connection.execute(
        "select table_name, list(column_name order by ordinal_position) from information_schema.columns"
        " where table_schema = ? and table_catalog = current_database() group by table_name",
        [SCHEMA],
    ).fetchall()
    columns: dict[str, list[str]] = dict(described)
    return {
        suite.table: _table(connection, suite, columns[suite.table])
        for suite in suites
        if suite.table in columns
    }


def _table(connection: duckdb.DuckDBPyConnection, suite: Suite, columns: list[str]) -> dict[str, Any]:
    trends = [trend for trend in suite.trends if trend.column is None or trend.column in columns]
    medians = sorted({str(trend.column) for trend in trends if trend.measure == "median"})
    mixes = {str(trend.column): trend.values for trend in trends if trend.measure == "mix"}
    parts = ["count(*)"]
    parts += [f"count({_name(column)})" for column in columns]
    parts += [f"quantile_cont({_name(column)}, {_QUARTILES})" for column in medians]
    parts += [f"histogram({_category(column, values)})" for column, values in mixes.items()]
    if any(trend.measure == "kept" and not trend.column for trend in trends) and suite.key[0] in columns:
        parts.append(f"histogram(split_part({_name(suite.key[0])}, ':', 1))")
    row = connection.execute(f"select {', '.join(parts)} from {SCHEMA}.{_name(suite.table)}").fetchone()
    found = iter(row or ())
    rows = int(next(found))
    facts: dict[str, Any] = {"rows": rows, "nulls": {column: rows - next(found) for column in columns}}
    quartiles = {column: _numbers(next(found)) for column in medians}
    categories = {column: _counts(next(found)) for column in mixes}
    sources = _counts(next(found, None))
    optional = {"sources": sources, "quartiles": quartiles, "categories": categories}
    return facts | {name: value for name, value in optional.items() if value}


def _category(column: str, values: Sequence[str]) -> str:
    text = f"cast({_name(column)} as varchar)"
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return (
        f"case when {text} in ({listed}) then {text} when {text} is null then '{UNKNOWN}' else '{OTHER}' end"
    )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _numbers(quartiles: Sequence[Any] | None) -> list[float] | None:
    return None if quartiles is None else [float(value) for value in quartiles]


def _counts(histogram: dict[str, int] | None) -> dict[str, int]:
    return dict(sorted((histogram or {}).items()))
