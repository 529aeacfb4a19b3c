"""Rows of a table that are no records: sums and footnotes below it, as people and reports write them, and its
header once more.

Belongs here: telling such rows for certain. They are rejected with their reason like any other row that
cannot land.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, Rejected
from orchestration.sources.headers import named_twice

_SUMS = (
    "total,totals,grand total,subtotal,sub total,sum,summe,gesamt,gesamtsumme,zwischensumme,total general,"
    "total général,totale,totaal,suma,soma,razem,celkem,итого,合計,"
    # below shares, which nobody adds up
    "average,averages,avg,ø,durchschnitt,mittelwert,moyenne,promedio,gemiddelde,medelvärde,średnia,"
    "median,team average"
)
# People and companies bear these words too.
_ALSO_NAMES = ("sum", "suma", "soma")
_AMOUNT = re.compile(r"\W*([A-Z]{3})?\W*(\d[\d.,'\u2019\s]*)?\W*([A-Z]{3})?\W*")
_REASONS = {
    "sum_row": "the row bears the word for a sum or average where {key} stands, and no text: it is no record",
    "footnote": "nothing is filled but {key}, with a sentence, at the end of the file: it is no record",
    "header_row": "the row says what the header says: it is no record",
}
# Nothing else of a row with a note is filled, so it is told from records in tables of some width only.
_FEWEST_COLUMNS = 3
# Reports end in a few of them, with blank rows between.
_LAST_ROWS = 10
# Some words and a stop, or what reports say about themselves: a name of several words is no note.
_SENTENCE = re.compile(r"(\S+\s+){4,}.*[.!?:]\W*$", re.DOTALL)
_OF_REPORTS = re.compile(
    r"copyright|©|\(c\) ?(19|20)\d\d|all rights reserved|confidential|vertraulich|confidentiel|confidencial"
    r"|riservato|vertrouwelijk|do not (share|distribute|forward)"
    r"|(generated|exported|created|printed|filtered|sorted) (by|on|at|from)\b"
    r"|(erstellt|exportiert|gedruckt|generiert) (am|von|mit)\b|généré (par|le)\b|généré automatiquement",
    re.IGNORECASE,
)


def without_headers(batch: Batch) -> Batch:
    """A batch without the rows that repeat the header, as exports with one per group of records have them."""
    names = [name for name in batch.rows.column_names if name not in (SOURCE_FILE, SOURCE_ROW)]
    if not names or not batch.rows.num_rows:
        return batch
    plain = named_twice(names)
    says = pc.equal(batch.rows[names[0]], plain.get(names[0], names[0]))
    for name in names[1:]:
        if not pc.any(says).as_py():
            return batch
        if not name.startswith("_unnamed_"):  # of the header's own blank cell
            says = pc.and_(says, pc.equal(batch.rows[name], plain.get(name, name)))
    return _without(batch, says, names[0], "header_row")


def without_sums(batch: Batch, key: str, *, names_may_be_sums: bool) -> Batch:
    """A batch without the rows whose `key` says Total, Summe, Average, … and which hold no text but that;
    `names_may_be_sums`: the key holds names, and companies are called Total."""
    if names_may_be_sums or not batch.rows.num_rows:
        return batch
    said = pc.utf8_trim(pc.utf8_lower(batch.rows[_spelled(batch, key)]), " :\t\u00a0")
    return _without_some(batch, pc.is_in(said, pa.array(_SUMS.split(","))), key, "sum_row", _is_sum)


def without_footnotes(batch: Batch, key: str) -> Batch:
    """A batch without the last rows in which nothing is filled but `key`, and that with a sentence."""
    if len(batch.rows.column_names) - 2 < _FEWEST_COLUMNS or not batch.rows.num_rows:
        return batch
    numbers = batch.rows[SOURCE_ROW]
    is_last = pc.greater(numbers, pc.subtract(pc.max(numbers), _LAST_ROWS))
    return _without_some(batch, is_last, key, "footnote", _is_footnote)


# The text in the key's column and those in the others.
_Test = Callable[[str, list[str]], bool]


def _is_sum(said: str, others: list[str]) -> bool:
    if said.strip(" :\t\u00a0").lower() in _ALSO_NAMES:
        return all(_AMOUNT.fullmatch(text) for text in others)
    return all(any(sign.isdigit() for sign in text) or _AMOUNT.fullmatch(text) for text in others)


def _is_footnote(said: str, others: list[str]) -> bool:
    return not others and bool(_SENTENCE.match(said.strip()) or _OF_REPORTS.search(said))


def _without_some(batch: Batch, may_be: pa.ChunkedArray, key: str, code: str, is_none: _Test) -> Batch:
    """A batch without those of a few rows that the test finds to be none."""
    places = pc.indices_nonzero(may_be)
    if not len(places):
        return batch
    found = []
    spelled = _spelled(batch, key)
    for row in batch.rows.take(places).to_pylist():
        filled = {name: text for name, text in row.items() if text and name not in (SOURCE_FILE, SOURCE_ROW)}
        if spelled in filled and is_none(filled.pop(spelled), list(filled.values())):
            found.append(row[SOURCE_ROW])
    if not found:
        return batch
    return _without(batch, pc.is_in(batch.rows[SOURCE_ROW], pa.array(found, pa.int64())), key, code)


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
