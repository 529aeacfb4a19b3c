"""What the exports of all file systems share: files grouped by object, one feed per object.

Belongs here: from (object, files) to feeds. Which file is which object, the systems' own modules.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.catalog import ObjectSpec
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.files import READABLE, DataFile, header_of, not_read, read_file, sheets_of
from orchestration.sources_file import SourceEntry

Progress = Callable[[str], None]


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
) -> Iterator[ObjectFeed]:
    """One feed per object that the files hold, in the catalog's order; several files of one object
    make one feed. The first names the files that were not read.

    `object_of` tells the object by a file's or sheet's name. Raises PipelineError where no file is an
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
    warnings = not_read([file for file in files if file.name not in taken])
    # Every header is looked at before the first row is read: a source lands whole or not at all.
    keys = {
        name: key_columns(entry, grouped[name], _key_of(entry, grouped[name], catalog[name]))
        for name in catalog
        if name in grouped
    }
    for name, key in keys.items():
        told = (*warnings, *unfamiliar(entry, grouped[name], catalog[name]))
        yield feed_of(entry, name, grouped[name], key=key, warnings=told, progress=progress)
        warnings = ()


def feed_of(
    entry: SourceEntry,
    name: str,
    parts: Sequence[Part],
    *,
    key: tuple[str, ...],
    warnings: tuple[str, ...],
    progress: Progress,
) -> ObjectFeed:
    """The feed of one object from its tables."""

    def batches() -> Iterator[Batch]:
        for part in parts:
            progress(f"{entry.name}: reading {part.file.name}")
            yield from read_file(part.file, entry.name, part.sheet)

    return ObjectFeed(
        system=entry.system,
        object=name,
        key=key,
        is_complete=entry.is_complete,
        batches=batches(),
        files=tuple(dict.fromkeys(part.file.name for part in parts)),
        warnings=warnings,
    )


def unfamiliar(entry: SourceEntry, parts: Sequence[Part], spec: ObjectSpec) -> Iterator[str]:
    """A warning per file of which nothing but the key will be read: its columns have other names."""
    for part in parts:
        header = header_of(part.file, entry.name, part.sheet)
        keys = [name for key in (spec.key, *spec.key_else) for name in key]
        known = {name.lower() for name in spec.types} - {name.lower() for name in keys}
        if not known & {name.lower() for name in header}:
            yield f"{part.file.name}: none of its columns but the key is known, for example {header[-1]}"


def _key_of(entry: SourceEntry, parts: Sequence[Part], spec: ObjectSpec) -> tuple[str, ...]:
    """The first of an object's keys whose columns all files have; where there is none, its first."""
    headers = [{name.lower() for name in header_of(part.file, entry.name, part.sheet)} for part in parts]
    for key in (spec.key, *spec.key_else):
        if all({column.lower() for column in key} <= header for header in headers):
            return key
    return spec.key


def key_columns(entry: SourceEntry, parts: Sequence[Part], key: Sequence[str]) -> tuple[str, ...]:
    """The key's columns as the first file spells them; case makes no difference.

    Raises PipelineError where a file lacks one.
    """
    spelled: tuple[str, ...] = ()
    for part in parts:
        header = {name.lower(): name for name in header_of(part.file, entry.name, part.sheet)}
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
