"""Planning files: quotas, teams, claims and the like, kept by people as CSVs or one workbook.

Belongs here: which file or sheet holds what. Reading is `files`, the objects are in the catalog.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.catalog import objects_of
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed
from orchestration.sources.exports import Progress, export_feeds
from orchestration.sources.files import find_files
from orchestration.sources.footers import without_sums
from orchestration.sources_file import SourceEntry

# quotas_2026.csv, `Quotas FY26`, quotas-2026-q1, `Quotas Q1 2026`: of which time a file speaks, its rows say.
_YEAR = re.compile(r"[ _-]*([qh]\d[ _-]?)?(fy ?\d{2}|(fy ?)?(19|20)\d{2})([ _-]?[qh]\d|([_-]\d{2}){1,2})?$")

# Parts of keys that a file need not have: they are always allowed to be empty.
_ALWAYS = ("valid_from",)
_MAY_BE_LACKING = {"list_prices": ("currency", "valid_from")}

# Key columns with names that people give to things: Total is a company too.
_NAMES = ("account", "product")


def planning_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    """Feeds of a folder with one CSV per object (`quotas.csv`), or a workbook with one sheet per
    object; see `export_feeds`."""
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    catalog = objects_of("planning")

    def object_of(name: str) -> str | None:
        plain = _YEAR.sub("", name.strip().lower()).replace(" ", "_").replace("-", "_")
        return next((form for form in (plain, f"{plain}s") if form in catalog), None)

    def names_of(name: str, header: Sequence[str]) -> Sequence[str]:
        return _known_names(header, catalog[name].types)

    def change(name: str, batch: Batch) -> Batch:
        # payments may come without their number: then a sum bears its word where the invoice stands
        there = {column.lower() for column in batch.rows.column_names}
        first = next(column for column in catalog[name].types if column in there)
        return without_sums(batch, first, names_may_be_sums=first in _NAMES)

    def may_lack(name: str) -> Collection[str]:
        return [column for column in catalog[name].key if column in _MAY_BE_LACKING.get(name, _ALWAYS)]

    files = find_files(entry.path, entry.name, encoding=entry.encoding)
    feeds = export_feeds(
        entry, files, catalog, object_of, progress, names_of=names_of, change=change, may_lack=may_lack
    )
    return (replace(feed, batches=_told_of_repeats(feed)) for feed in feeds)


def _told_of_repeats(feed: ObjectFeed) -> Iterator[Batch]:
    """The batches, the last with a warning where a key came with several contents: only the row that stands
    last counts; of records without a key, where equal ones came from several files: all of them count."""
    held: list[pa.Table] = []
    last: Batch | None = None
    for batch in feed.batches:
        held.append(batch.rows)
        if last is not None:
            yield last
        last = batch
    if last is not None:
        told = _repeats(feed, held) if feed.key else _overlaps(feed, held)
        yield replace(last, warnings=(*last.warnings, *told))


def _in_one(batches: Sequence[pa.Table]) -> pa.Table:
    lowered = [rows.rename_columns([name.lower() for name in rows.column_names]) for rows in batches]
    return pa.concat_tables(lowered, promote_options="permissive")


def _overlaps(feed: ObjectFeed, batches: Sequence[pa.Table]) -> Iterator[str]:
    rows = _in_one(batches)
    content = [name for name in rows.column_names if name not in (SOURCE_FILE, SOURCE_ROW)]
    files = rows.group_by(content, use_threads=False).aggregate([(SOURCE_FILE, "distinct")])
    several = files.filter(pc.greater(pc.list_value_length(files[f"{SOURCE_FILE}_distinct"]), 1))
    if several.num_rows:
        named = sorted(set(pc.list_flatten(several[f"{SOURCE_FILE}_distinct"]).to_pylist()))
        yield (
            f"{feed.object}: {several.num_rows:,} {'rows stand' if several.num_rows > 1 else 'row stands'} in"
            f" several files alike, and each counts (in {', '.join(named[:5])}). If it is the same one, take"
            " it out of one of them, or give all of them their numbers"
        )


def _repeats(feed: ObjectFeed, batches: Sequence[pa.Table]) -> Iterator[str]:
    rows = _in_one(batches)
    key = [name.lower() for name in feed.key]
    for name in key:  # as the row boundary reads them
        trimmed = pc.fill_null(pc.utf8_trim(rows[name], " \t\r\n\u00a0"), "")
        rows = rows.set_column(rows.column_names.index(name), name, trimmed)
    others = [name for name in rows.column_names if name not in (*key, SOURCE_FILE, SOURCE_ROW)]
    contents = rows.group_by([*key, *others], use_threads=False).aggregate(
        [(SOURCE_FILE, "last"), (SOURCE_ROW, "last")]
    )
    by_key = contents.group_by(key, use_threads=False).aggregate(
        [(f"{SOURCE_FILE}_last", "list"), (f"{SOURCE_ROW}_last", "list")]
    )
    places = by_key[f"{SOURCE_FILE}_last_list"]
    # An empty first part is refused by the row boundary.
    is_repeated = pc.and_(pc.greater(pc.list_value_length(places), 1), pc.not_equal(by_key[key[0]], ""))
    several = by_key.filter(is_repeated)
    if several.num_rows:
        example = several.slice(0, 1).to_pylist()[0]
        named = ", ".join(f"{name} {example[name]}" for name in key if example[name])
        where = zip(example[f"{SOURCE_FILE}_last_list"], example[f"{SOURCE_ROW}_last_list"], strict=True)
        files = sorted(set(pc.list_flatten(several[f"{SOURCE_FILE}_last_list"]).to_pylist()))
        yield (
            f"{feed.object}: {several.num_rows:,} {'keys stand' if several.num_rows > 1 else 'key stands'} in"
            f" several rows with different contents, of which one counts (in {', '.join(files[:5])}): for"
            f" example {named} in {' and '.join(f'{file} row {row}' for file, row in list(where)[:3])}."
            " Leave one row of each, or put their amounts together"
        )


def _known_names(header: Sequence[str], known: Collection[str]) -> list[str]:
    """Columns as the catalog spells them: `Hours per week` is hours_per_week. Where two would become one both
    stay as they are."""
    plain = [re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_") for name in header]
    return [
        new if new in known and plain.count(new) == 1 else name
        for name, new in zip(header, plain, strict=True)
    ]
