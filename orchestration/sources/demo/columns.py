"""Columns of text that are written out only when asked for, a slice at a time.

Belongs here: how numbers, days, moments and picks from a word list become the text of an export.
A plan of 20 million rows stays a few numpy arrays; only one slice of it is text at any moment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sources.demo.ids import salesforce_ids

NONE = -(2**62)  # no moment, no day, no amount
DAY = 86_400
CHUNK_ROWS = 500_000
_FIRST_DAY, _LAST_DAY = -25_567, 58_439  # 1900-01-01 … 2129-12-31, for the pool of days


def text_array(values: Sequence[str | None]) -> pa.Array:
    """Text, or null, as an Arrow array."""
    return pa.array(list(values), pa.string())


_DAYS = pa.array(np.arange(_FIRST_DAY, _LAST_DAY).astype("datetime64[D]").astype(str), pa.string())
_CLOCK = pa.array([f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)], pa.string())
_CENTS = pa.array([f".{c:02d}" for c in range(100)], pa.string())


class Column(Protocol):
    """A column of text: `render` writes out the rows from `start` up to `stop`."""

    def render(self, start: int, stop: int) -> pa.Array: ...


def _take(pool: pa.Array, codes: np.ndarray) -> pa.Array:
    return pool.take(pa.array(codes, mask=codes < 0))


@dataclass(frozen=True)
class Const:
    """The same text, or null, in every row."""

    value: str | None

    def render(self, start: int, stop: int) -> pa.Array:
        return (
            pa.nulls(stop - start, pa.string()) if self.value is None else pa.repeat(self.value, stop - start)
        )


@dataclass(frozen=True)
class Pick:
    """A text from `pool` by position; a negative code is null."""

    pool: pa.Array
    codes: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        return _take(self.pool, self.codes[start:stop])


def flag(values: np.ndarray) -> Pick:
    """`true` or `false`."""
    return Pick(text_array(["false", "true"]), values.astype(np.int8))


@dataclass(frozen=True)
class Ids:
    """Salesforce ids of the records at `index`; negative is null."""

    prefix: str
    index: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        part = self.index[start:stop]
        ids = salesforce_ids(self.prefix, np.maximum(part, 0))
        return pc.if_else(pa.array(part >= 0), ids, pa.scalar(None, pa.string()))


@dataclass(frozen=True)
class Days:
    """Days since 1970 as `2026-01-05`."""

    days: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        part = self.days[start:stop].astype(np.int64)
        return _take(_DAYS, np.where(part == NONE, -1, part - _FIRST_DAY))


@dataclass(frozen=True)
class Moments:
    """Seconds since 1970 UTC as `2026-01-05T09:00:00` and `suffix`."""

    seconds: np.ndarray
    suffix: str = ".000+0000"

    def render(self, start: int, stop: int) -> pa.Array:
        part = self.seconds[start:stop]
        missing = part == NONE
        day = np.where(missing, -1, part // DAY - _FIRST_DAY)
        clock = _take(_CLOCK, np.where(missing, -1, part % DAY))
        return pc.binary_join_element_wise(
            _take(_DAYS, day), pc.binary_join_element_wise(clock, self.suffix, ""), "T"
        )


@dataclass(frozen=True)
class Whole:
    """Whole numbers."""

    values: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        part = self.values[start:stop].astype(np.int64)
        return pa.array(part, mask=part == NONE).cast(pa.string())


@dataclass(frozen=True)
class Money:
    """Amounts kept in whole cents (not negative), as `1234.50`."""

    cents: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        part = self.cents[start:stop].astype(np.int64)
        missing = part == NONE
        units = pa.array(part // 100, mask=missing).cast(pa.string())
        return pc.binary_join_element_wise(units, _take(_CENTS, np.where(missing, -1, part % 100)), "")


@dataclass(frozen=True)
class Text:
    """Text that is already written out."""

    values: pa.Array

    def render(self, start: int, stop: int) -> pa.Array:
        return self.values[start:stop]


@dataclass(frozen=True)
class Either:
    """The first column, and the second where the first is null."""

    first: Column
    second: Column

    def render(self, start: int, stop: int) -> pa.Array:
        return pc.coalesce(self.first.render(start, stop), self.second.render(start, stop))


@dataclass(frozen=True)
class Joined:
    """Several columns and constants put together; a null part counts as nothing. Where
    `unless_null` is given, the whole is null in the rows where that column is."""

    parts: tuple["Column | str", ...]
    unless_null: "Column | None" = None

    def render(self, start: int, stop: int) -> pa.Array:
        pieces = [p if isinstance(p, str) else p.render(start, stop) for p in self.parts]
        joined = pc.binary_join_element_wise(*pieces, "", null_handling="replace")
        if self.unless_null is None:
            return joined
        known = self.unless_null.render(start, stop).is_valid()
        return pc.if_else(known, joined, pa.scalar(None, pa.string()))


@dataclass(frozen=True)
class Frame:
    """One object of one system: its columns and its number of rows."""

    columns: Mapping[str, Column]
    rows: int

    def batches(self, chunk_rows: int = CHUNK_ROWS) -> Iterator[pa.Table]:
        """The rows as tables of text, at least one (it may be empty)."""
        for start in range(0, max(self.rows, 1), chunk_rows):
            stop = min(start + chunk_rows, self.rows)
            yield pa.table({name: _plain(c.render(start, stop)) for name, c in self.columns.items()})


def _plain(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
