"""`.ics` files and folders to batches for landing.

Belongs here: finding and reading files. What is in a calendar is `occurrences.py`, where it is worked
out `worker.py`, how it lands `occurrence_rows.py`.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.errors import PipelineError
from orchestration.records import Batch
from orchestration.sources.calendar.occurrence_rows import occurrence_batch
from orchestration.sources.calendar.shapes import COLUMNS, Expansion, ExpansionLimits, Rejection, Scope
from orchestration.sources.calendar.worker import ExpansionWorker
from orchestration.sources.files import DataFile

__all__ = ["COLUMNS", "ExpansionLimits", "read_calendar_files"]

_SUFFIXES = {".ics", ".ical", ".icalendar"}


def read_calendar_files(
    paths: Sequence[Path | DataFile],
    *,
    base: Path,
    window_start: datetime,
    window_end: datetime,
    floating_zone: str,
    owner_of: Callable[[Path], str | None],
    today: str | None = None,
    limits: ExpansionLimits = ExpansionLimits(),  # noqa: B008 - frozen
) -> Iterator[Batch]:
    """One batch per file: the occurrences that overlap [`window_start`, `window_end`) as text in
    `COLUMNS`, with `_source_file` (relative to `base`) and `_source_row` (the number of the VEVENT in
    the file, from 1; all occurrences of a series share it).

    `paths`: files, folders searched for .ics, .ical and .icalendar, and what lies in a zip or is compressed;
    `floating_zone`: IANA name for
    times without a zone and all-day events; `owner_of`: whose calendar a file is, None where not
    configured: then the address that is the calendar's name, else the file's path without suffix; `today`:
    as in `occurrence_batch`.
    `rejected` holds single events, and whole files (row 0), with the parser's reason; the batch's
    coverage then calls the file incomplete.

    Raises `PipelineError` where a path is missing or cannot be read, or the zone is unknown, and
    `ValueError` for a window without a time zone.
    """
    if window_start.tzinfo is None or window_end.tzinfo is None:
        raise ValueError("window_start and window_end need a time zone")
    _require_zone(floating_zone)
    scope = Scope(window_start, window_end, floating_zone)
    with ExpansionWorker(limits) as worker:
        for file in _files([path for path in paths if isinstance(path, Path)]):
            name = _name(file, base)
            owned = replace(scope, owner=owner_of(file) or None, fallback_owner=_without_suffix(name))
            yield occurrence_batch([(name, _expand(worker, file, owned, limits))], today=today)
        for packed in (path for path in paths if isinstance(path, DataFile)):
            owner = owner_of(packed.inside) or None
            owned = replace(scope, owner=owner, fallback_owner=_without_suffix(str(packed.inside)))
            found = _expand_packed(worker, packed, owned, limits)
            yield occurrence_batch([(packed.name, found)], today=today)


def _without_suffix(name: str) -> str:
    return str(Path(name).with_suffix(""))


def _files(paths: Iterable[Path]) -> list[Path]:
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise PipelineError(
                f"Calendar path {path} does not exist.", "Correct `path` of this source in the sources file."
            )
        inside = (p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())
        for file in sorted(inside) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _expand(worker: ExpansionWorker, file: Path, scope: Scope, limits: ExpansionLimits) -> Expansion:
    try:
        size = file.stat().st_size
        if size > limits.max_file_bytes:
            return _too_large(f"{size:,}", limits)
        content = file.read_bytes()
    except OSError as error:
        raise PipelineError(
            f"Calendar file {file} cannot be read: {error.strerror}.",
            "Give the pipeline's user read access to it, or remove it from the folder.",
        ) from error
    return worker.expand(content, scope)


def _expand_packed(
    worker: ExpansionWorker, file: DataFile, scope: Scope, limits: ExpansionLimits
) -> Expansion:
    try:
        with file.open() as stream:
            content = stream.read(limits.max_file_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise PipelineError(
            f"Calendar file {file.name} cannot be read: {error}.", "Export it again, or unpack it."
        ) from error
    if len(content) > limits.max_file_bytes:
        return _too_large(f"more than {limits.max_file_bytes:,}", limits)
    return worker.expand(content, scope)


def _too_large(size: str, limits: ExpansionLimits) -> Expansion:
    reason = f"{size} bytes, allowed are {limits.max_file_bytes:,}; the file was not read"
    return Expansion(rejected=[Rejection(0, "too_large", reason, "")])


def _name(file: Path, base: Path) -> str:
    path, root = file.resolve(), base.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file.name


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PipelineError(
            f"{name!r} is not a time zone.", "Write an IANA name such as Europe/Berlin as `time_zone`."
        ) from None
