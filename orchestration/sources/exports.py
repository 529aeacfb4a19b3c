"""What the exports of all file systems share: files grouped by object, one feed per object.

Belongs here: from (object, files) to feeds. Which file is which object, the systems' own modules.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from orchestration.catalog import ObjectSpec
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.csv_reader import named_twice
from orchestration.sources.files import READABLE, DataFile, header_of, not_read, read_file, sheets_of
from orchestration.sources_file import SourceEntry

Progress = Callable[[str], None]
# The names under which an object's columns land, from those of a file; one to one.
NamesOf = Callable[[str, Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Part:
    """One table of a source: a file, or one sheet of it."""

    file: DataFile
    sheet: str | None = None

    @property
    def name(self) -> str:
        """What tells which object it holds."""
        return self.sheet or self.file.stem


def parts_of(files: Sequence[DataFile], source: str, is_object: Callable[[str], bool]) -> list[Part]:
    """The tables of the files. A workbook with a sheet named after an object is taken sheet by sheet;
    else its first sheet goes by the file's name."""
    parts: list[Part] = []
    for file in files:
        if file.kind not in READABLE:
            continue
        sheets = [sheet for sheet in sheets_of(file, source) if is_object(sheet)]
        parts.extend([Part(file, sheet) for sheet in sheets] or [Part(file)])
    return parts


def export_feeds(
    entry: SourceEntry,
    files: Sequence[DataFile],
    catalog: Mapping[str, ObjectSpec],
    object_of: Callable[[str], str | None],
    progress: Progress,
    *,
    names_of: NamesOf = lambda _, header: header,
    change: Callable[[str, Batch], Batch] = lambda _, batch: batch,
) -> Iterator[ObjectFeed]:
    """One feed per object that the files hold, in the catalog's order; several files of one object
    make one feed. The first names the files that were not read.

    `object_of` tells the object by a file's or sheet's name; `change`: what becomes of an object's batches,
    with the columns' names that `names_of` gives. Raises PipelineError where no file is an
    object, or where an object's file lacks its key.
    """
    grouped: dict[str, list[Part]] = {}
    for part in parts_of(files, entry.name, lambda name: object_of(name) is not None):
        name = object_of(part.name)
        if name is not None:
            grouped.setdefault(name, []).append(part)
    if not grouped:
        raise PipelineError(
            f"Source {entry.name}: none of the {len(files)} files in {entry.path} is an object of"
            f" {entry.system} (found: {', '.join(file.name for file in files[:10])}).",
            f"Name the files after the objects: {', '.join(catalog)}.",
        )
    taken = {part.file.name for parts in grouped.values() for part in parts}
    warnings = not_read([file for file in files if file.name not in taken]) + _sheets_not_read(entry, grouped)
    # Every header is looked at before the first row is read: a source lands whole or not at all.
    keys = {
        name: key_columns(
            entry, grouped[name], _key_of(entry, grouped[name], catalog[name]), partial(names_of, name)
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
            change=partial(_changed, name, names_of, change),
        )
        warnings = ()


def _changed(name: str, names_of: NamesOf, change: Callable[[str, Batch], Batch], batch: Batch) -> Batch:
    old = batch.rows.column_names
    new = list(names_of(name, old))
    return change(name, batch if new == old else replace(batch, rows=batch.rows.rename_columns(new)))


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
        others = [sheet for sheet in sheets_of(parts[0].file, entry.name) if sheet not in known]
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
        if not known & {name.lower() for name in header}:
            yield f"{part.file.name}: none of its columns but the key is known, for example {header[-1]}"
        elif entry.system == "planning":
            known.update(name.lower() for name in keys)
            others = [name for name in header if name.lower() not in known]
            if others:
                yield (
                    f"{part.file.name}: columns that are not read: {', '.join(others)}; those of {spec.name}"
                    f" are {', '.join(spec.types)}"
                )


def _key_of(entry: SourceEntry, parts: Sequence[Part], spec: ObjectSpec) -> tuple[str, ...]:
    """The first of an object's keys whose columns all files have; where there is none, its first."""
    if not spec.key_else:
        return spec.key
    headers = [{name.lower() for name in header_of(part.file, entry.name, part.sheet)} for part in parts]
    for key in (spec.key, *spec.key_else):
        if all({column.lower() for column in key} <= header for header in headers):
            return key
    return spec.key


def key_columns(
    entry: SourceEntry,
    parts: Sequence[Part],
    key: Sequence[str],
    names_of: Callable[[Sequence[str]], Sequence[str]] = lambda header: header,
) -> tuple[str, ...]:
    """The key's columns as the first file spells them; case makes no difference.

    Raises PipelineError where a file lacks one.
    """
    spelled: tuple[str, ...] = ()
    for part in parts:
        found = names_of(header_of(part.file, entry.name, part.sheet))
        header = {name.lower(): name for name in found}
        for column in key:
            if column.lower() not in header:
                raise PipelineError(
                    f"Source {entry.name}, file {part.file.name}: column {column}, which identifies its"
                    " records, is missing.",
                    f"Export it with {column}, or take the file out of the folder. Columns found:"
                    f" {', '.join(list(header.values())[:12])}.",
                )
        spelled = spelled or tuple(header[column.lower()] for column in key)
    return spelled
