"""Expanded calendars as batches: the one shape of `icalendar.occurrences`, wherever the bytes came from.

Belongs here: `Expansion` to Arrow, and which rejections leave a listing incomplete. Expanding is
`occurrences`, in the process of `worker`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, Coverage, Rejected
from orchestration.sources.calendar.shapes import COLUMNS, Expansion, Row

# Rejected because another event of the same file takes its place or excludes it, because it never was one, or
# because it ends before it starts: a flight to the west whose zones were lost stays in its calendar for ever.
_NOT_MISSED = frozenset({"superseded", "excluded", "not_an_event", "ends_before_start"})


def occurrence_batch(
    expansions: Sequence[tuple[str, Expansion]],
    *,
    resources: bool = False,
    today: str | None = None,
    coverage: Coverage = Coverage(),  # noqa: B008 - frozen
    warnings: tuple[str, ...] = (),
) -> Batch:
    """The occurrences of some files, by name, as text in `COLUMNS`, with `_source_file` and
    `_source_row` (the number of the VEVENT in the file, from 1; all occurrences of a series share it).

    A file of which an event could not be read is incomplete: what it no longer lists has not been
    deleted. `resources`: with the file's name as column `resource` too, so that an event which moves to
    another file lands again. `today`: the day of the ingest, of files that may hold only a part of the past:
    calendars that Exchange publishes go three months back unless told otherwise, and people export
    "the last 30 days". What lies before the first single event of such a file, and before today, has not been
    deleted. (A series says nothing: its first occurrence in the window is worked out here.)
    """
    rows = [(name, number, values) for name, found in expansions for number, values in found.rows]
    columns = list(zip(*(values for _, _, values in rows), strict=True)) or [()] * len(COLUMNS)
    names = [name for name, _, _ in rows]
    added = {"resource": names} if resources else {}
    schema = [(name, pa.string()) for name in (*COLUMNS, *added, SOURCE_FILE)] + [(SOURCE_ROW, pa.int64())]
    table = pa.table(
        [*columns, *added.values(), names, [number for _, number, _ in rows]], schema=pa.schema(schema)
    )
    missed = tuple(
        name for name, found in expansions if any(r.code not in _NOT_MISSED for r in found.rejected)
    )
    first = _first_singles(rows)
    since = tuple((name, min(first.get(name, today), today)) for name, _ in expansions if today)
    return Batch(
        table,
        tuple(
            Rejected(name, r.row, r.code, r.reason, r.record) for name, e in expansions for r in e.rejected
        ),
        warnings=(*warnings, *_unknown_zones(expansions)),
        coverage=Coverage(
            gone=coverage.gone,
            replaced=coverage.replaced,
            complete=coverage.complete,
            incomplete=(*coverage.incomplete, *missed),
            since=since,
        ),
    )


def _first_singles(rows: Sequence[tuple[str, int, Row]]) -> dict[str, str]:
    """Of each file the start of its first event that is no series."""
    kind, start = COLUMNS.index("series_kind"), COLUMNS.index("occurrence_start")
    first: dict[str, str] = {}
    for name, _, values in rows:
        begins = values[start]
        if values[kind] == "single" and begins is not None:
            first[name] = min(begins, first.get(name, begins))
    return first


def _unknown_zones(expansions: Sequence[tuple[str, Expansion]]) -> Iterator[str]:
    """Of each zone that nobody knows how many events name it: their times may be hours off."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for name, found in expansions:
        counts.update(found.unknown_zones)
        for zone in found.unknown_zones:
            first.setdefault(zone, name)
    for zone, count in counts.items():
        yield (
            f"{first[zone]}: the time zone {zone!r} is not known; events that name it, and are therefore read"
            f" in the zone of their calendar: {count:,}"
        )
