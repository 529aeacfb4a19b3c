"""Deletions that are told by files: what a source says it has read whole, and how far that is believed.

Belongs here: `records.Coverage` against what landing holds. A feed that lists everything is compared by
`landing_diff` alone.
"""

from collections.abc import Collection, Mapping, Sequence

import duckdb
import pyarrow as pa

from orchestration.lib.content_hash import text_literal
from orchestration.records import Coverage

# A complete answer that lacks most of what is known is more likely an answer cut short.
SHRINK_FLOOR = 20
SHRINK_SHARE = 0.5

_ABSENT = "k not in (select k from {incoming})"
_KNOWN = "from {current} where not is_deleted and k not in (select k from {gone})"
_WHOLE = "source_file not in (select f from incomplete_files)"


def take_covered(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    parts: Sequence[Coverage],
    files: Collection[str],
    *,
    accept_shrink: bool,
) -> tuple[bool, list[str]]:
    """Put into table `gone` the keys that the coverage says are deleted. `tables`: names of the tables
    incoming, current and gone; `files`: those that rows have come from.

    Returns whether everything was listed, and believed, and the warnings.
    """
    if not parts:
        return False, []

    def sql(text: str) -> str:
        return text.format(**tables)

    named = {name: _files(parts, name) for name in ("gone", "replaced", "incomplete", "complete")}
    for name in ("gone", "replaced", "incomplete"):
        connection.register(f"{name}_files", pa.table({"f": pa.array(named[name], pa.string())}))
    explicit = (
        f"(source_file in (select f from gone_files) or ({_WHOLE} and is_within"
        " and source_file in (select f from replaced_files)))"
    )
    connection.execute(sql(f"insert into {{gone}} select k {_KNOWN} and {_ABSENT}") + f" and {explicit}")
    warnings = []
    for beginning in named["complete"]:
        known = sql(_KNOWN) + f" and is_within and starts_with(source_file, {text_literal(beginning)})"
        vanished = f"{known} and {sql(_ABSENT)} and {_WHOLE}"
        counts = connection.execute(
            f"select (select count(*) {known}), (select count(*) {vanished})"
        ).fetchone()
        known_count, lost = counts or (0, 0)
        is_empty = not any(file.startswith(beginning) for file in files)
        if not accept_shrink and lost and (is_empty or is_most(lost, known_count)):
            warnings.append((f"{beginning}: " if beginning else "") + not_believed(lost, known_count))
        else:
            connection.execute(sql("insert into {gone} select k ") + vanished)
    for name in ("gone", "replaced", "incomplete"):
        connection.unregister(f"{name}_files")
    return "" in named["complete"] and not named["incomplete"] and not warnings, warnings


def is_most(lost: int, known: int) -> bool:
    """Whether a listing lacks too much to be believed."""
    return known >= SHRINK_FLOOR and lost > SHRINK_SHARE * known


def not_believed(lost: int, known: int) -> str:
    """The warning about a listing that lacks too much."""
    return (
        f"{lost:,} of {known:,} known records are missing; nothing was taken for deleted. If they were"
        " deleted, set `accept_shrink: true` on the source"
    )


def _files(parts: Sequence[Coverage], name: str) -> list[str]:
    return list(dict.fromkeys(text for part in parts for text in getattr(part, name)))
