"""The state that landing holds of each key, as tables of a comparison.

Belongs here: SQL on DuckDB over the landed files. What arrived is compared with it by `landing_diff`; what
was known to stand unchanged while it was read (`landing_state`) is left out of both sides.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.lib.content_hash import (
    hash_number_again_sql,
    hash_number_sql,
    other_hash_sql,
    quoted,
    text_literal,
)
from orchestration.lib.landing_parquet import LOAD_ID
from orchestration.lib.landing_spool import Spool, column_names
from orchestration.lib.landing_state import newest_sql
from orchestration.records import LANDING_COLUMNS, ObjectFeed

# Where the files' own listings begin, and which records are in them, under whichever key.
_BEGINNINGS = "listed_beginnings"
_ARRIVED = "arrived_identities"


def make_current(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], spool: Spool, landed: Sequence[str]
) -> int:
    """Make the table `current`: of each key the signature of its contents, whether it is deleted, and where
    it came from. `tables`: names of current, incoming, wanted, names, rest,
    newest and returned.

    Where the source told only what has changed it has the keys that arrived, and those of the files of which
    deletions are told: a day of changes costs as much as it is, however much has landed. Where unchanged
    records were told while they were read, it has only the keys of all others. Those of these keys' contents
    that had been taken for unchanged are put back into `incoming`, and into `returned` with where they were
    listed. Returns how many they are.
    """

    current, incoming = tables["current"], tables["incoming"]
    if not landed:
        connection.execute(
            f"create table {current} (k varchar, signature uhugeint, contents bigint, is_deleted boolean,"
            " source_file varchar, is_within boolean)"
        )
        return 0
    feed = spool.feed
    files = {"landed": list(landed)}
    keys = None if spool.is_about_all else _wanted(connection, tables, spool, files)
    within = _within(connection, spool)
    source = f"({newest_sql(number=_number(connection, feed, landed), within=within, keys=keys)})"
    if spool.standing is not None:
        connection.register("seen", spool.standing.seen())
        connection.register("said_deleted", spool.said_deleted())
        # every key that is not known to stand unchanged with all of its contents
        connection.execute(
            f"create table {tables['rest']} as select k from {source} where h not in (select h from seen)"
            f" union select k from {incoming} union select k from said_deleted",
            files,
        )
        connection.execute(
            f"create table {tables['newest']} as select * from {source} where k in (from {tables['rest']})",
            files,
        )
        connection.unregister("said_deleted")
        source = tables["newest"]
    connection.execute(
        f"create table {tables['names']} as select distinct _source_file as f, hash(_source_file) as id"
        " from read_parquet($landed, union_by_name = true)",
        files,
    )
    # Numbers and truths alone: what is gathered of texts cannot go to disk, and 10 M keys ran out of memory.
    connection.execute(
        f"create table {current} as with of_keys as (select k, bit_xor(h) as signature,"
        " count(*) as contents, bool_or(c = 'delete') as is_deleted, any_value(hash(f)) as file_id,"
        f" bool_or(is_within) as is_within from {source} group by k)"
        " select o.k, o.signature, o.contents, o.is_deleted, n.f as source_file, o.is_within"
        f" from of_keys o left join {tables['names']} n on n.id = o.file_id",
        files if spool.standing is None else None,
    )
    for name in (_BEGINNINGS, _ARRIVED):
        connection.execute(f"drop table if exists {name}")
    return _take_back(connection, tables) if spool.standing is not None else 0


def source_columns(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> list[str]:
    """The source's own columns of some Parquet files of landing taken together."""
    names = column_names(connection, [Path(file) for file in files])
    return [name for name in names if name not in LANDING_COLUMNS and name != LOAD_ID]


def _wanted(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    spool: Spool,
    files: Mapping[str, list[str]],
) -> str:
    """The table of the keys that arrived, are said to be deleted, or ever came from a file of which the
    coverage speaks: such a key's newest record may be of that file."""
    connection.register("said_deleted", spool.said_deleted())
    connection.execute(
        f"create table {tables['wanted']} as select k from {tables['incoming']}"
        " union select k from said_deleted"
    )
    connection.unregister("said_deleted")
    named = sorted({name for part in spool.coverage for name in (*part.gone, *part.replaced)})
    beginnings = sorted({beginning for part in spool.coverage for beginning in part.complete})
    if named or beginnings:
        connection.register("named_files", pa.table({"f": pa.array(named, pa.string())}))
        begun = "".join(f" or starts_with(_source_file, {text_literal(text)})" for text in beginnings)
        connection.execute(
            f"insert into {tables['wanted']} select distinct _record_key from read_parquet($landed,"
            f" union_by_name = true) where _source_file in (select f from named_files){begun}",
            files,
        )
        connection.unregister("named_files")
    return tables["wanted"]


def _take_back(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> int:
    connection.execute(
        f"create table {tables['returned']} as select n.k, n.h, n.t, s.listed_row,"
        f" -row_number() over () as seq from {tables['newest']} n join seen s using (h)"
    )
    connection.unregister("seen")
    connection.execute(f"insert into {tables['incoming']} select k, h, seq from {tables['returned']}")
    (count,) = connection.execute(f"select count(*) from {tables['returned']}").fetchone() or (0,)
    return int(count)


def _number(connection: duckdb.DuckDBPyConnection, feed: ObjectFeed, landed: Sequence[str]) -> str:
    """SQL of a landed record's hash as a number; computed again where it was made in another way."""
    if feed.key:
        (others,) = connection.execute(
            f"select count(*) from read_parquet($landed) where {other_hash_sql()}", {"landed": list(landed)}
        ).fetchone() or (0,)
        if others:
            return hash_number_again_sql(source_columns(connection, landed))
    return hash_number_sql(is_key=not feed.key)


def _within(connection: duckdb.DuckDBPyConnection, spool: Spool) -> str:
    """Whether a record lies where the feed's listings speak. Makes the tables that the condition reads."""
    feed = spool.feed
    if not feed.listed_between:
        return "true"
    columns, *bounds = feed.listed_between
    names = (columns,) if isinstance(columns, str) else columns
    place = f"coalesce({', '.join(map(quoted, names))})"
    low, high = map(text_literal, bounds)
    inside = f"coalesce({place} >= {low} and {place} < {high}, false)"
    beginnings = [(*pair,) for part in spool.coverage for pair in part.since]
    if not beginnings or feed.identity is None or not spool.paths:
        return inside
    names, moments = zip(*beginnings, strict=True)
    connection.register("begin_rows", pa.table({"f": pa.array(names), "since": pa.array(moments)}))
    connection.execute(f"create table {_BEGINNINGS} as from begin_rows")
    connection.unregister("begin_rows")
    identity = quoted(feed.identity)
    connection.execute(
        f"create table {_ARRIVED} as select distinct {identity} as id from read_parquet($paths,"
        f" union_by_name = true) where {identity} is not null",
        {"paths": [str(path) for path in spool.paths]},
    )
    since = f"(select min(since) from {_BEGINNINGS} b where b.f = _source_file)"
    is_before = f"coalesce({place} < {since}, false)"
    return f"({inside} and not ({is_before} and {identity} not in (select id from {_ARRIVED})))"
