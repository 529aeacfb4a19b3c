"""Rows of a table that are no records: sums and footnotes below it, as people and reports write them.

Belongs here: telling such rows for certain. They are rejected with their reason like any other row that
cannot land.
"""

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, Rejected

_SUMS = (
    "total,totals,grand total,subtotal,sub total,sum,summe,gesamt,gesamtsumme,zwischensumme,total general,"
    "total général,totale,totaal,suma,soma,razem,celkem,итого,合計"
)
_REASONS = {
    "sum_row": "the row bears the word for a sum where {key} stands: it is no record",
    "footnote": "nothing is filled but {key}, with a sentence: it is no record",
}
# Nothing else of a row with a note is filled, so it is told from records in tables of some width only.
_FEWEST_COLUMNS = 3


def without_sums(batch: Batch, key: str, *, names_may_be_sums: bool) -> Batch:
    """A batch without the rows whose `key` says Total, Summe, …; `names_may_be_sums`: the key holds names,
    and companies are called Total."""
    if names_may_be_sums or not batch.rows.num_rows:
        return batch
    said = pc.utf8_trim(pc.utf8_lower(batch.rows[_spelled(batch, key)]), " :\t\u00a0")
    return _without(batch, pc.is_in(said, pa.array(_SUMS.split(","))), key, "sum_row")


def without_footnotes(batch: Batch, key: str) -> Batch:
    """A batch without the rows in which nothing is filled but `key`, and that with several words."""
    others = [name for name in batch.rows.column_names if name not in (SOURCE_FILE, SOURCE_ROW)]
    others.remove(_spelled(batch, key))
    if len(others) + 1 < _FEWEST_COLUMNS or not batch.rows.num_rows:
        return batch
    is_note = pc.match_substring(pc.utf8_trim_whitespace(batch.rows[_spelled(batch, key)]), " ")
    for name in others:
        if not pc.any(is_note).as_py():
            return batch
        is_note = pc.and_(is_note, pc.is_null(batch.rows[name]))
    return _without(batch, is_note, key, "footnote")


def _spelled(batch: Batch, key: str) -> str:
    return next(name for name in batch.rows.column_names if name.lower() == key.lower())


def _without(batch: Batch, is_none: pa.ChunkedArray, key: str, code: str) -> Batch:
    is_none = pc.fill_null(is_none, False)
    if not pc.any(is_none).as_py():
        return batch
    reason = _REASONS[code].format(key=key)
    rejected = tuple(_rejected(row, code, reason) for row in batch.rows.filter(is_none).to_pylist())
    return replace(batch, rows=batch.rows.filter(pc.invert(is_none)), rejected=batch.rejected + rejected)


def _rejected(row: dict[str, str | int | None], code: str, reason: str) -> Rejected:
    record = {name: value for name, value in row.items() if value and name not in (SOURCE_FILE, SOURCE_ROW)}
    return Rejected(
        file=str(row[SOURCE_FILE]),
        row=int(row[SOURCE_ROW] or 0),
        code=code,
        reason=reason,
        record=json.dumps(record, ensure_ascii=False),
    )
