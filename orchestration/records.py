"""What passes from a source to landing: feeds of batches, and the rows that could not land.

Belongs here: the shapes. Fetching is `sources/`, the row boundary and writing are `lib/landing`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

# Columns that landing adds to every row. A source column may not bear one of these names.
SOURCE_FILE = "_source_file"
SOURCE_ROW = "_source_row"
LANDING_COLUMNS = (
    "_source_system",  # schema of the record: salesforce, zoho, …
    "_source_instance",  # the configured account it came from
    "_record_key",  # the key as text; `|` between the parts of a compound key
    "_record_hash",  # over the filled source columns; see `lib/content_hash`
    "_change",  # 'upsert' or 'delete' (a tombstone: only the key is filled)
    SOURCE_FILE,
    SOURCE_ROW,
    "_loaded_at",  # UTC timestamp, the same for a whole load
)


@dataclass(frozen=True)
class Rejected:
    """A row that cannot land, whole, with its reason.

    `row` counts data rows from 1 (0: the file itself). `record` is the text as received; where it
    was not valid UTF-8, bytes that could not be decoded appear as \\xNN.
    """

    file: str
    row: int
    code: str
    reason: str
    record: str


# Codes of rejected rows behind which some of the file is missing: what was not read is in no rejected row.
CUT_OFF = frozenset({"unclosed_quote", "cut_off"})
# Codes of rejected rows that are no records, so none of the source's can be hidden among them.
NO_RECORDS = frozenset({"sum_row", "footnote", "header_row"})


@dataclass(frozen=True)
class Coverage:
    """What a feed that is no listing of everything says about known records which are not among its
    rows, by where they came from (`_source_file`).

    `gone`: files that no longer exist, with all their records. `replaced`: files whose records are all
    among the rows. `complete`: beginnings of files ("": all) of which that holds too, but where a listing
    that lacks most of what is known is not believed. `incomplete`: files with records that could not be
    read; none of theirs has been deleted. Both listings speak only for what the feed's `listed_between` says;
    `since`: (file, from) where a file's begins later, so that what lies before is in it no more and has not
    been deleted, unless the feed's `identity` tells that it has become another of the rows.
    """

    gone: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    since: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Batch:
    """Records of one object as the source sent them.

    `rows` holds every source column as string, plus `_source_file` (string) and `_source_row`
    (int64, data rows counted from 1). `warnings`: what whoever runs the pipeline should know about
    these records although they land.
    """

    rows: pa.Table
    rejected: tuple[Rejected, ...] = ()
    deleted: tuple[str, ...] = ()  # record keys that the source itself says are gone
    warnings: tuple[str, ...] = ()
    coverage: Coverage = Coverage()


@dataclass(frozen=True)
class ObjectFeed:
    """One object of one system, ready to be read once.

    `key`: the source columns that identify a record; empty where the object has none (then the
    content is the key). `is_complete`: the batches list every record there is, so a key that is
    absent has been deleted. `warnings`: what was found before anything was read, such as files of
    the source that belong to no object. `listed_between`: (column, from, to) where a listing covers only
    the records whose column, or the first of several that is filled, as text, lies from `from` to before
    `to`. `identity`: the column that stays the same where a change gives a record another key.
    `keeps_missing`: the source purges old records, so what a complete listing lacks has not been deleted.
    `state`: asked when the batches have been read, what the next ingest of this object goes on from
    (JSON values); the ledger keeps it.
    """

    system: str
    object: str
    key: tuple[str, ...]
    is_complete: bool
    batches: Iterator[Batch]
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    listed_between: tuple[str | tuple[str, ...], str, str] | None = None
    identity: str | None = None
    state: Callable[[], Mapping[str, Any]] | None = None
    keeps_missing: bool = False


def record_key(*parts: str) -> str:
    """The key of a record as landing writes it, to name it in `Batch.deleted`: parts between `|`; in a
    compound key one within a part is doubled."""
    return parts[0] if len(parts) == 1 else "|".join(part.replace("|", "||") for part in parts)
