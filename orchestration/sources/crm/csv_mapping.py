"""Any other CRM: files of whatever columns, with a mapping to the canonical fields.

Belongs here: the files that a mapping names, and whether they have its columns. The mapping is
applied in staging; landing keeps the columns as they came.
"""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.crm.private_events import without_private
from orchestration.sources.exports import Part, Progress, columns_named_twice, feed_of, key_columns
from orchestration.sources.files import READABLE, DataFile, find_files, header_of, not_read, sheets_of
from orchestration.sources.footers import without_footnotes, without_headers, without_sums
from orchestration.sources_checks import did_you_mean
from orchestration.sources_file import MappedObject, SourceEntry


def mapping_feeds(entry: SourceEntry, progress: Progress) -> Iterator[ObjectFeed]:
    """One feed per mapped object; `system` is csv_mapping, `object` the canonical one.

    Raises PipelineError where a file, a mapped column or a key's column is missing; every header is
    looked at before the first row is read.
    """
    files = _named_folders(entry)
    catalog = objects_of("csv_mapping")
    parts: dict[str, list[Part]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    twice: dict[str, list[str]] = {}
    for name, mapped in entry.objects.items():
        parts[name] = [Part(file, mapped.sheet) for file in _files_of(entry, name, mapped, files)]
        twice[name] = []
        for part in parts[name]:
            _check_columns(entry, name, mapped, part)
            twice[name] += columns_named_twice(entry, part, [*mapped.source_columns, *(mapped.key or ())])
        _check_alternatives(entry, name, mapped, parts[name])
        key = [mapped.columns[field][0] for field in catalog[name].key] if mapped.key is None else mapped.key
        keys[name] = key_columns(entry, parts[name], key, partial(_mapped_names, mapped))
    taken = {part.file.name for named in parts.values() for part in named}
    warnings = not_read([file for file in files if file.name not in taken])
    for name, found in parts.items():
        yield feed_of(
            entry,
            name,
            found,
            key=keys[name],
            warnings=(*warnings, *twice[name]),
            progress=progress,
            change=partial(_records_only, name, entry.objects[name], keys[name]),
        )
        warnings = ()


# Of a private meeting: all that says what it is about and with whom.
_CONTENT = ("subject", "description", "location", "organizer_email", "attendees")
_DEALS_AND_LEADS = ("opportunity", "lead")


def _records_only(name: str, mapped: MappedObject, key: Sequence[str], batch: Batch) -> Batch:
    """Without repeated headers, sums and footnotes, which have no key but look as if they had, and without
    what private meetings are about."""
    batch = without_headers(batch)
    names = _mapped_names(mapped, batch.rows.column_names)
    if names != batch.rows.column_names:
        batch = replace(batch, rows=batch.rows.rename_columns(names))
    if key:
        batch = without_sums(batch, key[0], names_may_be_sums=name == "account")
    if key and name in _DEALS_AND_LEADS:
        batch = without_footnotes(batch, key[0])
    flags = mapped.columns.get("is_private", ())
    for flag in flags if name == "calendar_event" else ():
        fields = [(field, column) for field, columns in mapped.columns.items() for column in columns]
        kept = {column.lower() for field, column in fields if field not in _CONTENT}
        content = {column.lower() for field, column in fields if field in _CONTENT}
        said = {text.lower(): value.lower() for text, value in mapped.values.get("is_private", {}).items()}
        public = [text for text, value in said.items() if value in ("false", "f", "no", "n", "0")]
        shown = (kept - content) | {column.lower() for column in key}
        batch = without_private(batch, flag, shown, public, set(said) - set(public))
    return batch


def _mapped_names(mapped: MappedObject, header: Sequence[str]) -> list[str]:
    """Columns as the mapping spells them, where a line end or a second blank is all that differs; one that is
    there as it is spelled keeps its name."""
    there = {name.lower() for name in header}
    wanted = [*mapped.source_columns, *(mapped.key or ())]
    missing = {" ".join(name.lower().split()): name for name in wanted if name.lower() not in there}
    return [missing.pop(" ".join(name.lower().split()), name) for name in header]


def _named_folders(entry: SourceEntry) -> list[DataFile]:
    """Files of the source's folder and of the subfolders that its mapping names."""
    assert entry.path is not None  # noqa: S101 - the sources file requires it
    patterns = [pattern for mapped in entry.objects.values() for pattern in mapped.file]
    folders = sorted({pattern.rpartition("/")[0] for pattern in patterns if "/" in pattern})
    files = find_files(entry.path, entry.name, encoding=entry.encoding)
    for folder in folders:
        if (entry.path / folder).is_dir():
            files = [file for file in files if file.name != f"{folder}/"]
            files += find_files(entry.path / folder, entry.name, base=entry.path, encoding=entry.encoding)
    return files


def _files_of(
    entry: SourceEntry, name: str, mapped: MappedObject, files: Sequence[DataFile]
) -> list[DataFile]:
    found: dict[str, DataFile] = {}
    for pattern in mapped.file:
        matching = [file for file in files if file.name == pattern]
        matching = matching or [file for file in files if fnmatch.fnmatch(file.name.lower(), pattern.lower())]
        if not matching:
            raise PipelineError(
                f"Source {entry.name}, object {name}: there is no file {pattern} in {entry.path}.",
                did_you_mean(pattern, [file.name for file in files]),
            )
        found.update((file.name, file) for file in matching)
    for file in found.values():
        if file.kind not in READABLE:
            raise PipelineError(
                f"Source {entry.name}, object {name}: {file.name} is no kind of file that can be read.",
                f"Save it as one of: {', '.join(sorted(READABLE))}.",
            )
    return list(found.values())


def _check_columns(entry: SourceEntry, name: str, mapped: MappedObject, part: Part) -> None:
    header = _mapped_names(mapped, header_of(part.file, entry.name, part.sheet))
    known = {column.lower() for column in header}
    if not any(column.lower() in known for column in mapped.source_columns):
        raise PipelineError(
            f"Source {entry.name}, file {part.file.name}: its first row holds none of the columns that {name}"
            f" is mapped to; it begins with {', '.join(header[:5])}.",
            f"Remove what stands above the column names, or correct `columns`.{_sheet_hint(entry, part)}",
        )
    for field, columns in mapped.columns.items():
        if not any(column.lower() in known for column in columns):
            raise _no_column(entry, f"file {part.file.name}", f"{name}.{field}", columns[0], header)


def _check_alternatives(entry: SourceEntry, name: str, mapped: MappedObject, parts: Sequence[Part]) -> None:
    """Of several columns for one field, a file may lack some; one that all files lack is a mistake."""
    if all(len(columns) == 1 for columns in mapped.columns.values()):
        return
    headers = [_mapped_names(mapped, header_of(part.file, entry.name, part.sheet)) for part in parts]
    known = {column.lower(): column for header in headers for column in header}
    for field, columns in mapped.columns.items():
        for column in columns:
            if column.lower() not in known:
                files = ", ".join(dict.fromkeys(part.file.name for part in parts))
                raise _no_column(entry, f"file {files}", f"{name}.{field}", column, list(known.values()))


def _no_column(
    entry: SourceEntry, where: str, field: str, column: str, header: Sequence[str]
) -> PipelineError:
    return PipelineError(
        f"Source {entry.name}, {where}: there is no column {column!r}, to which {field} is mapped.",
        did_you_mean(column, header),
    )


def _sheet_hint(entry: SourceEntry, part: Part) -> str:
    sheets = list(sheets_of(part.file, entry.name))
    if len(sheets) < 2:
        return ""
    return f" Or name the sheet (`sheet:`); it was {part.sheet or sheets[0]}, there are: {', '.join(sheets)}."
