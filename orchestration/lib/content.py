"""What a published table holds, as something two files can be compared by.

Belongs here: fingerprints of tables, and the list of columns that publishing fills in.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

# Known only after the audit, so filled in by the publisher and left out of the fingerprint.
COMPLETED_AT_PUBLISHING = {
    "meta_build": (
        "finished_at",
        "checks_expected",
        "checks_evaluated",
        "checks_failed",
        "table_row_counts",
    ),
}


@dataclass(frozen=True)
class TableContent:
    """`rows`; `columns`: names with types, in order; `hash`: over all rows, whatever their order.

    The hash is the sum of DuckDB's 64-bit row hashes: made against accidents, not against forgers,
    and comparable only between files that one version of DuckDB has read.
    """

    rows: int
    columns: tuple[str, ...]
    hash: str


def contents(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, TableContent]:
    """Content of each of `tables` that stands in schema main of the connection's own database."""
    rows = connection.execute(
        "select table_name from information_schema.tables"
        " where table_schema = 'main' and table_catalog = current_database()"
    ).fetchall()
    present = {name for (name,) in rows}
    return {
        table: table_content(connection, table, f"main.{quoted(table)}")
        for table in tables
        if table in present
    }


def content_hash(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """One hash over the contents of all tables, each as a dictionary: what a verdict was given on."""
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: object) -> str:
    """An SQL string literal, for statements that take no parameters (ATTACH, COPY)."""
    return "'" + str(value).replace("'", "''") + "'"


def table_content(connection: duckdb.DuckDBPyConnection, table: str, relation: str) -> TableContent:
    """Content of `relation` (SQL: a qualified name or a read_parquet call), known as `table`."""
    left_out = COMPLETED_AT_PUBLISHING.get(table, ())
    described = connection.execute(f"describe select * from {relation}").fetchall()
    columns = [(name, kind) for name, kind, *_ in described if name not in left_out]
    names = ", ".join(quoted(name) for name, _ in columns)
    row = connection.execute(f"select count(*), sum(hash({names})::hugeint) from {relation}").fetchone()
    rows, total = row if row else (0, None)
    return TableContent(
        rows=int(rows),
        columns=tuple(f"{name} {kind}" for name, kind in columns),
        hash=format(int(total or 0), "x"),
    )
