"""What the exports of all file systems share: files grouped by object, one feed per object.

Belongs here: from (object, files) to feeds. Which file is which object, the systems' own modules.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from orchestration.catalog import ObjectSpec
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.files import (
    READABLE,
    DataFile,
    header_of,
    not_read,
    old_workbook,
    read_file,
    sheets_of,
)
from orchestration.sources.headers import UNNAMED, named_twice
from orchestration.sources_file import SourceEntry

Progress = Callable[[str], None]
# The names under which an object's columns land, from those of a file; one to one.
NamesOf = Callable[[str, Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Part:
    """One table of a source: a file, or one sheet of it. `is_by_file`: the sheet's own name says nothing."""

    file: DataFile
    sheet: str | None = None
    is_by_file: bool = False

    @property
    def name(self) -> str:
        """What tells which object it holds."""
        return self.file.stem if self.sheet is None or self.is_by_file else self.sheet


def parts_of(files: Sequence[DataFile], source: str, is_object: Callable[[str], bool]) -> list[Part]:
    """The tables of the files. A workbook that shows a sheet named after an object is taken sheet by sheet;
    else its first sheet goes by the file's name."""
    parts: list[Part] = []
    for file in files:
        if file.kind not in READABLE:
            continue
        sheets = [name for name, is_shown in sheets_of(file, source).items() if is_shown and is_object(name)]
        parts.extend([Part(file, sheet) for sheet in sheets] or [Part(file)])
    return parts


def _with_own_sheets(
    entry: SourceEntry,
    parts: Sequence[Part],
    object_of: Callable[[str], str | None],
    is_like: Callable[[str, Part], bool],
) -> list[Part]:
    """The parts, and of a workbook that bears the name of an object (quotas.xlsx) while none of its sheets
    does, but one that of another: the first sheet shown that `is_like` the object."""
    found = list(parts)
    for file in dict.fromkeys(part.file for part in parts if part.sheet):
        name = object_of(file.stem)
        sheets = [part.sheet for part in parts if part.file == file]
        if name is None or name in {object_of(sheet) for sheet in sheets if sheet}:
            continue
        shown = [sheet for sheet, is_shown in sheets_of(file, entry.name).items() if is_shown]
        others = [Part(file, sheet, is_by_file=True) for sheet in shown if sheet not in sheets]
        found += [part for part in others if is_like(name, part)][:1]
    return found


def export_feeds(
    entry: SourceEntry,
    files: Sequence[DataFile],
    catalog: Mapping[str, ObjectSpec],
    object_of: Callable[[str], str | None],
    progress: Progress,
    *,
    names_of: NamesOf = lambda _, header: header,
    change: Callable[[str, Batch], Batch] = lambda _, batch: batch,
    may_lack: Callable[[str], Collection[str]] = lambda _: (),
) -> Iterator[ObjectFeed]:
    """One feed per object that the files hold, in the catalog's order; several files of one object
    make one feed. The first names the files that were not read.

    `object_of` tells the object by a file's or sheet's name; `change`: what becomes of an object's batches,
    with the columns' names that `names_of` gives; `may_lack`: the key columns of an object that are empty
    where a file lacks them. Raises PipelineError where no file is an object, or where an object's file lacks
    its key.
    """
    grouped: dict[str, list[Part]] = {}
    found = parts_of(files, entry.name, lambda name: object_of(name) is not None)

    def is_like(name: str, part: Part) -> bool:
        try:
            header = names_of(name, header_of(part.file, entry.name, part.sheet))
        except PipelineError:  # of an empty sheet
            return False
        needed = {column.lower() for column in catalog[name].key} - set(may_lack(name))
        return needed <= {column.lower() for column in header}

    for part in _with_own_sheets(entry, found, object_of, is_like):
        name = object_of(part.name)
        if name is not None:
            grouped.setdefault(name, []).append(part)
    if not grouped:
        raise PipelineError(
            f"Source {entry.name}: none of the {len(files)} files in {entry.path} is an object of"
            f" {entry.system} (found: {', '.join(file.name for file in files[:10])}).",
            f"Name the files after the objects: {', '.join(catalog)}.{_hints(entry, files)}",
        )
    taken = {part.file.name for parts in grouped.values() for part in parts}
    warnings = not_read([file for file in files if file.name not in taken]) + _sheets_not_read(entry, grouped)
    # Every header is looked at before the first row is read: a source lands whole or not at all.
    keys = {
        name: key_columns(
            entry,
            grouped[name],
            _key_of(entry, grouped[name], catalog[name], names_of),
            partial(names_of, name),
            may_lack(name),
        )
        for name in catalog
        if name in grouped
    }
    twice = {name: _twice(entry, grouped[name], catalog[name]) for name in keys}
    for name, key in keys.items():
        told = (*warnings, *twice[name], *unfamiliar(entry, grouped[name], catalog[name], names_of))
        yield feed_of(
            entry,
            name,
            grouped[name],
            key=key,
            warnings=told,
            progress=progress,
            change=partial(_changed, name, names_of, change, may_lack(name)),
        )
        warnings = ()


def _changed(
    name: str,
    names_of: NamesOf,
    change: Callable[[str, Batch], Batch],
    may_lack: Collection[str],
    batch: Batch,
) -> Batch:
    old = batch.rows.column_names
    new = list(names_of(name, old))
    rows = batch.rows if new == old else batch.rows.rename_columns(new)
    for column in set(may_lack) - {spelled.lower() for spelled in new}:
        rows = rows.append_column(column, pa.nulls(rows.num_rows, pa.string()))
    return change(name, batch if rows is batch.rows else replace(batch, rows=rows))


def _hints(entry: SourceEntry, files: Sequence[DataFile]) -> str:
    """What may help where no file is an object: the names of sheets, what to do about old workbooks."""
    sheets = {name: None for file in files for name in sheets_of(file, entry.name)}
    said = f" Or name sheets so; there are: {', '.join(list(sheets)[:10])}." if sheets else ""
    old = old_workbook(files)
    return f"{said} {old}." if old else said


def _twice(entry: SourceEntry, parts: Sequence[Part], spec: ObjectSpec) -> list[str]:
    needed = [column for key in (spec.key, *spec.key_else) for column in key] + list(spec.types)
    return [text for part in parts for text in columns_named_twice(entry, part, needed)]


def columns_named_twice(entry: SourceEntry, part: Part, needed: Iterable[str]) -> list[str]:
    """Warnings of the columns whose name stands in a header twice. Raises PipelineError where one is
    `needed`: which of the two is meant nobody can tell."""
    header = header_of(part.file, entry.name, part.sheet)
    wanted = {column.lower() for column in needed}
    warnings = []
    for name, plain in named_twice(header).items():
        if plain.lower() in wanted:
            first = [column.lower() for column in header].index(plain.lower())
            raise PipelineError(
                f"Source {entry.name}, file {part.file.name}: columns {first + 1} ({header[first]!r}) and"
                f" {header.index(name) + 1} have the same name; upper and lower case make no difference.",
                "Rename one of them in the file, or export it without that column.",
            )
        warnings.append(f"{part.file.name}: {plain} stands twice in the header; the second lands as {name}")
    return warnings


def _sheets_not_read(entry: SourceEntry, grouped: Mapping[str, Sequence[Part]]) -> tuple[str, ...]:
    """A warning per workbook of which some sheets are objects and others are not."""
    read: dict[str, list[Part]] = {}
    for part in (part for parts in grouped.values() for part in parts if part.sheet):
        read.setdefault(part.file.name, []).append(part)
    warnings = []
    for name, parts in read.items():
        known = {part.sheet for part in parts}
        others = [
            sheet if is_shown else f"{sheet} (hidden)"
            for sheet, is_shown in sheets_of(parts[0].file, entry.name).items()
            if sheet not in known
        ]
        if others:
            warnings.append(f"{name}: sheets not read: {', '.join(others)}")
    return tuple(warnings)


def feed_of(
    entry: SourceEntry,
    name: str,
    parts: Sequence[Part],
    *,
    key: tuple[str, ...],
    warnings: tuple[str, ...],
    progress: Progress,
    change: Callable[[Batch], Batch] = lambda batch: batch,
) -> ObjectFeed:
    """The feed of one object from its tables, each batch as `change` makes it."""

    def batches() -> Iterator[Batch]:
        for part in parts:
            progress(f"{entry.name}: reading {part.file.name}")
            for batch in read_file(part.file, entry.name, part.sheet):
                yield change(batch)

    return ObjectFeed(
        system=entry.system,
        object=name,
        key=key,
        is_complete=entry.is_complete,
        batches=batches(),
        files=tuple(dict.fromkeys(part.file.name for part in parts)),
        warnings=warnings,
    )


def unfamiliar(
    entry: SourceEntry, parts: Sequence[Part], spec: ObjectSpec, names_of: NamesOf
) -> Iterator[str]:
    """A warning per file of which nothing but the key will be read: its columns have other names. Of files
    whose columns are ours alone also where a single one is not known."""
    for part in parts:
        header = names_of(spec.name, header_of(part.file, entry.name, part.sheet))
        keys = [name for key in (spec.key, *spec.key_else) for name in key]
        known = {name.lower() for name in spec.types} - {name.lower() for name in keys}
        others = [name for name in header if name.lower() not in {*known, *(key.lower() for key in keys)}]
        # of planning files some say all that they have to by their key: days off, accounts to be won
        is_all_key = entry.system == "planning" and not others
        if not known & {name.lower() for name in header} and not is_all_key:
            yield f"{part.file.name}: none of its columns but the key is known, for example {header[-1]}"
        elif entry.system == "planning" and others:
            yield (
                f"{part.file.name}: columns that are not read: {', '.join(others)}; those of {spec.name}"
                f" are {', '.join(spec.types)}"
            )


def _key_of(
    entry: SourceEntry, parts: Sequence[Part], spec: ObjectSpec, names_of: NamesOf
) -> tuple[str, ...]:
    """The first of an object's keys whose columns all files have; where there is none, its first."""
    if not spec.key_else:
        return spec.key
    found = [names_of(spec.name, header_of(part.file, entry.name, part.sheet)) for part in parts]
    headers = [{name.lower() for name in names} for names in found]
    for key in (spec.key, *spec.key_else):
        if all({column.lower() for column in key} <= header for header in headers):
            return key
    return spec.key


def key_columns(
    entry: SourceEntry,
    parts: Sequence[Part],
    key: Sequence[str],
    names_of: Callable[[Sequence[str]], Sequence[str]] = lambda header: header,
    may_lack: Collection[str] = (),
) -> tuple[str, ...]:
    """The key's columns as the first file spells them; case makes no difference. `may_lack`: those that a
    file need not have.

    Raises PipelineError where a file lacks another one.
    """
    spelled: tuple[str, ...] = ()
    for part in parts:
        found = names_of(header_of(part.file, entry.name, part.sheet))
        header = {name.lower(): name for name in found}
        for column in key:
            if column.lower() not in header and column not in may_lack:
                raise _lacks(entry, part, column, list(header.values()))
        spelled = spelled or tuple(header.get(column.lower(), column) for column in key)
    return spelled


def _lacks(entry: SourceEntry, part: Part, column: str, header: Sequence[str]) -> PipelineError:
    """The error where a key's column is missing, with what is most likely wrong."""
    sheet = f", sheet {part.sheet}" if part.sheet else ""
    remedy = f"Export it with {column}, or take the file out of the folder."
    named = [name for name in header if not name.startswith(UNNAMED)]
    if len(named) == 1:
        remedy += f" If {named[0]!r} is a title, remove what stands above the column names."
    elif column == "period" and entry.system == "planning":
        remedy = (
            "Write one row per period: a column `period`, and the figures below each other in one column."
        )
    return PipelineError(
        f"Source {entry.name}, file {part.file.name}{sheet}: column {column}, which identifies its records,"
        " is missing.",
        f"{remedy} Columns found: {', '.join(header[:12])}.",
    )
