"""Events of a JSON API to rows: which fields land, and of a private event only those that say when.

Belongs here: the two vendors' common shape. What is dropped here never reaches landing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from orchestration.catalog import objects_of
from orchestration.records import Batch, Coverage, Rejected
from orchestration.sources.json_rows import Tally, field

Row = dict[str, Any]


class EventRows:
    """The rows of one system's `events`: the columns of the catalog, each taken from where its name, cut
    at the underscores, leads (`start_dateTime`: `start`, `dateTime`).

    `owner`: the column for whose calendar it is; `time_fields`: what an event keeps that is private;
    `is_open`: whether an event may keep the rest; `own_answer`: what else of a private one says only whether
    the owner takes part.
    """

    def __init__(
        self,
        system: str,
        owner: str,
        time_fields: Sequence[str],
        is_open: Callable[[Mapping[str, Any]], bool],
        own_answer: Callable[[Mapping[str, Any]], Row] | None = None,
    ) -> None:
        self.columns = tuple(objects_of(system)["events"].types)
        self._owner, self._is_open, self._own_answer = owner, is_open, own_answer
        self._time_fields = frozenset(time_fields)

    @property
    def fields(self) -> tuple[str, ...]:
        """The event's own fields that are read, by their outermost names."""
        names = (name.partition("_")[0] for name in self.columns if name != self._owner)
        return tuple(dict.fromkeys(names))

    def batch(self, tally: Tally, file: str, calendar: str, events: Sequence[Any]) -> Batch:
        """A page's events as a batch; one that has no id, or is no object, is rejected without its
        content, which might be private."""
        rows: list[Row] = []
        rejected: list[Rejected] = []
        for number, event in enumerate(events, start=tally.rows + 1):
            if isinstance(field(event, "id"), str):
                rows.append(self._row(event) | {self._owner: calendar})
            else:
                rejected.append(Rejected(file, number, "no_key", "is no event with an id", ""))
        batch = tally.batch(rows, file)
        rejected.extend(batch.rejected)
        return replace(
            batch,
            rows=self._with_all_columns(batch.rows),
            rejected=tuple(rejected),
            coverage=Coverage(incomplete=(file,) if rejected else ()),
        )

    def _row(self, event: Mapping[str, Any]) -> Row:
        is_open = self._is_open(event)
        kept = self.columns if is_open else self._time_fields
        row = {
            name: field(event, *name.split("_")) if name in kept else None
            for name in self.columns
            if name != self._owner
        }
        return row if is_open or self._own_answer is None else row | self._own_answer(event)

    def _with_all_columns(self, table: pa.Table) -> pa.Table:
        for name in self.columns:
            if name not in table.column_names:
                table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))
        return table
