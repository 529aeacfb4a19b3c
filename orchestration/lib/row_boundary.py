"""The row boundary: what a record needs in order to land, and what makes it known again.

Belongs here: rejecting what Parquet and SQL cannot hold, the key and the content's hash. A value that
cannot be read as a number or a date is no reason to reject: staging judges it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.errors import PipelineError
from orchestration.lib.content_hash import hash_sql, hash_text, quoted, text_literal
from orchestration.lib.landing_state import StandingContents
from orchestration.records import LANDING_COLUMNS, SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed, Rejected

# How systems write a reference to nothing.
NULL_IDS = {"salesforce": ("000000000000000AAA", "000000000000000")}
_RESERVED = frozenset({*LANDING_COLUMNS, "_dlt_load_id", "_dlt_id"})
_OWN = (SOURCE_FILE, SOURCE_ROW)
# 10045.0: a spreadsheet or a data frame took the id for a number; all its digits may be there still. A comma
# where the spreadsheet was one of a country that writes numbers so.
_FLOAT = r"^[0-9]+([.,]0+|([.,][0-9]+)?[eE][+]?[0-9]+)$"
# 1.23457E+18 and 1.23457E18: the digits that told it from others are lost. A 5e12 may be an id as it is.
_ROUNDED = r"^[0-9]([.,][0-9]+[eE][+]?|[eE][+])[0-9]+$"
_REASONS = {
    "float_key": "the key ({key}) was taken for a number and rounded, so other records may have the same one",
    "no_key": "the key ({key}) is empty, so the record could never be told from another",
    "nul_character": "holds a NUL character, which databases cut text at",
}


@dataclass(frozen=True)
class Admitted:
    """`rows`: the records that are not known to stand unchanged: the source's columns, `_source_file`,
    `_source_row`, `_record_key` (null where the object has no key) and `_record_hash`. `unchanged_rows`: how
    many others there are. `key_hashes`: 64 bits of each key of `rows`, none where the object has no key.
    `damaged_keys`: how many of their keys went through a float (10045.0), those of unchanged records
    too."""

    rows: pa.Table
    unchanged_rows: int
    key_hashes: np.ndarray
    rejected: tuple[Rejected, ...]
    damaged_keys: int
    damaged_example: str | None


def admit(
    connection: duckdb.DuckDBPyConnection,
    feed: ObjectFeed,
    batch: Batch,
    source: str,
    standing: StandingContents | None = None,
) -> Admitted:
    """Let a batch through: the rows that can land, with key and hash, and the ones that cannot; without
    those that are `standing` in landing as they are.

    The hash covers the columns that are not null, by name, so that a new empty column changes
    nothing. Raises PipelineError where a source column bears the name of a landing column.
    """
    table = as_text_columns(batch.rows, feed, source)
    columns = [name for name in table.column_names if name not in _OWN]
    parts = [table[_spelled(columns, part)] for part in feed.key]
    blank = [part for part, values in zip(feed.key, parts, strict=True) if _holds_blank(values)]
    key = _key_sql(feed.key, blank)
    is_column = len(feed.key) == 1 and not blank
    # Only the verdict comes back from SQL: the records, which are most of the bytes, stay as they are.
    connection.execute("set preserve_insertion_order = true")
    connection.register("admission", table)
    try:
        judged = connection.execute(
            f"select {SOURCE_ROW}, {_key_sql(()) if is_column else key} as _record_key,"
            f" {hash_sql(columns, is_key=not feed.key)} as _record_hash,"
            f" {_code_sql(table, columns, feed)} as _code,"
            f" hash({key}) as _key_hash, {_is_damaged_sql(key, parts)} as _is_damaged from admission"
        ).to_arrow_table()
    finally:
        connection.unregister("admission")
    if judged[SOURCE_ROW] != table[SOURCE_ROW]:
        raise RuntimeError("the row boundary's verdicts came back in another order than the rows")
    keys = table[_spelled(columns, feed.key[0])] if is_column else judged["_record_key"]
    table = table.append_column("_record_key", keys)
    rejected: tuple[Rejected, ...] = ()
    if judged["_code"].null_count < judged.num_rows:
        is_good = pc.is_null(judged["_code"])
        is_bad = pc.invert(is_good)
        rejected = _rejections(
            table.filter(is_bad), judged["_code"].filter(is_bad).to_pylist(), columns, feed
        )
        table, judged = table.filter(is_good), judged.filter(is_good)
    damaged = table["_record_key"].filter(judged["_is_damaged"])
    admitted_rows = table.num_rows
    if standing is not None:
        is_other = ~standing.take(judged["_record_hash"].to_numpy(), table[SOURCE_ROW].to_numpy())
        if not is_other.all():
            table, judged = table.filter(pa.array(is_other)), judged.filter(pa.array(is_other))
    table = table.append_column("_record_hash", hash_text(judged["_record_hash"]))
    return Admitted(
        rows=table,
        unchanged_rows=admitted_rows - table.num_rows,
        key_hashes=judged["_key_hash"].to_numpy() if feed.key else np.empty(0, np.uint64),
        rejected=batch.rejected + rejected,
        damaged_keys=len(damaged),
        damaged_example=damaged[0].as_py() if len(damaged) else None,
    )


def as_text_columns(rows: pa.Table, feed: ObjectFeed, source: str) -> pa.Table:
    """Rows of a batch with every source column as text. Raises PipelineError where a source column bears
    the name of a landing column or of another one."""
    for name in _source_columns(rows, feed, source):
        if rows.schema.field(name).type != pa.string():
            rows = rows.set_column(rows.column_names.index(name), name, pc.cast(rows[name], pa.string()))
    return rows


def _source_columns(rows: pa.Table, feed: ObjectFeed, source: str) -> list[str]:
    names = list(rows.column_names)
    for own in _OWN:
        names.remove(own)
    taken = [name for name in names if name.lower() in _RESERVED]
    if taken:
        raise PipelineError(
            f"Source {source}, {feed.system} {feed.object}: the column name {taken[0]} is kept for landing's"
            " own columns.",
            "Rename that column, or export without it.",
        )
    lowered = [name.lower() for name in names]
    twice = (
        [name for name in names if lowered.count(name.lower()) > 1] if len(set(lowered)) < len(names) else []
    )
    if twice:
        raise PipelineError(
            f"Source {source}, {feed.system} {feed.object}: fields {' and '.join(twice[:2])} have the same"
            " name; upper and lower case make no difference.",
            "Rename one of them.",
        )
    return names


def _key_sql(key: Sequence[str], blank: Sequence[str] = ()) -> str:
    """Key as text, without white space around its parts, as staging reads them; `blank`: the parts that may
    have some. The parts of a compound key stand between `|`; one within a part is doubled."""
    if not key:
        return "cast(null as varchar)"
    parts = [_trimmed(part) if part in blank else quoted(part) for part in key]
    if len(key) == 1:
        return parts[0]
    return " || '|' || ".join(f"replace(coalesce({part}, ''), '|', '||')" for part in parts)


def _trimmed(name: str) -> str:
    return f"trim({quoted(name)}, ' \t\r\n\u00a0')"


def _spelled(columns: Sequence[str], name: str) -> str:
    """A key's column as the table spells it: landing may do so in another way than the source."""
    return next(column for column in columns if column.lower() == name.lower())


def _is_damaged_sql(key: str, parts: Sequence[pa.ChunkedArray]) -> str:
    """Whether a key went through a float. The pattern is tried on the few that hold what it asks for."""
    marks = [mark for mark in (".0", ",0", "e", "E") if any(_holds_byte(part, mark[0]) for part in parts)]
    asked = " or ".join(f"contains({key}, '{mark}')" for mark in marks)
    return f"case when {asked} then regexp_matches({key}, '{_FLOAT}') else false end" if asked else "false"


def _bytes_of(values: pa.ChunkedArray) -> Iterator[np.ndarray]:
    """The bytes of a text column. What they lack, no value holds: told at a tenth of what asking each
    value in SQL costs."""
    for chunk in values.chunks:
        _, ends, data = chunk.buffers()
        if data is not None and len(chunk):
            bounds = np.frombuffer(ends, dtype=np.int32)
            yield np.frombuffer(data, np.uint8)[bounds[chunk.offset] : bounds[chunk.offset + len(chunk)]]


def _holds_nul(values: pa.ChunkedArray) -> bool:
    return any(part.size and not part.min() for part in _bytes_of(values))


def _holds_byte(values: pa.ChunkedArray, character: str) -> bool:
    return any((part == ord(character)).any() for part in _bytes_of(values))


def _holds_blank(values: pa.ChunkedArray) -> bool:
    """Whether a text column may hold a space, a control character or the last byte of U+00A0."""
    return any(((part <= ord(" ")) | (part == 0xA0)).any() for part in _bytes_of(values))


def _code_sql(table: pa.Table, columns: Sequence[str], feed: ObjectFeed) -> str:
    held = [name for name in columns if _holds_nul(table[name])]
    nul = " or ".join(f"contains({quoted(name)}, chr(0))" for name in held)
    cases = f"when {nul} then 'nul_character'" if nul else ""
    if feed.key:
        # The first part says what the record is about; later ones may be empty (valid always, …).
        values = table[_spelled(columns, feed.key[0])]
        first = _trimmed(feed.key[0]) if _holds_blank(values) else quoted(feed.key[0])
        nothing = ", ".join(text_literal(text) for text in ("", *NULL_IDS.get(feed.system, ())))
        cases = f"when {first} is null or {first} in ({nothing}) then 'no_key' {cases}"
        marks = [mark for mark in ".,+" if _holds_byte(values, mark)]  # few are: spares trying the pattern
        if marks:
            marked = " or ".join(f"contains({first}, '{mark}')" for mark in marks)
            cases += f" when ({marked}) and regexp_matches({first}, '{_ROUNDED}') then 'float_key'"
    return f"case {cases} end" if cases else "cast(null as varchar)"


def _rejections(
    rows: pa.Table, codes: Sequence[str], columns: Sequence[str], feed: ObjectFeed
) -> tuple[Rejected, ...]:
    return tuple(
        Rejected(
            file=row[SOURCE_FILE],
            row=row[SOURCE_ROW],
            code=code,
            reason=_REASONS[code].format(key=", ".join(feed.key)),
            record=json.dumps(
                {name: row[name] for name in columns if row[name] is not None}, ensure_ascii=False
            ),
        )
        for row, code in zip(rows.to_pylist(), codes, strict=True)
    )
