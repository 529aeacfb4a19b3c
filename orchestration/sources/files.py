"""Files of a source: finding them, in folders and zips, and reading each by its kind.

Belongs here: what is common to every source that comes as files. The kinds themselves are
`csv_reader` and `workbooks`; which file is which object, the systems' own modules.
"""

import contextlib
import gzip
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch
from orchestration.sources.csv_reader import read_csv
from orchestration.sources.headers import csv_header
from orchestration.sources.text_stream import detect_encoding
from orchestration.sources.workbooks import read_parquet, read_sheet, sheet_names

CSV_KINDS = frozenset({".csv", ".tsv", ".txt"})
READABLE = CSV_KINDS | {".xlsx", ".xlsm", ".parquet"}
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})


@dataclass(frozen=True)
class DataFile:
    """One file, or one member of a zip. `name`: how it is named to people, from the source's folder.
    `stem` and `kind` are those of what is inside where it is compressed (Leads.csv.gz)."""

    name: str
    open: Callable[[], BinaryIO]
    path: Path | None = None  # None: inside a zip, or compressed
    encoding: str | None = None  # of text that is no Unicode; None: told from the text

    @property
    def stem(self) -> str:
        return PurePosixPath(_unpacked(self.name)).stem

    @property
    def inside(self) -> Path:
        """Its name as that of a file that lies unpacked in a folder named after the zip."""
        name = re.sub(r"\.zip/", "/", _unpacked(self.name), flags=re.IGNORECASE)
        return Path(re.sub(r"\.ical/", "/", name, flags=re.IGNORECASE))  # as Google names its zips

    @property
    def kind(self) -> str:
        return "/" if self.name.endswith("/") else PurePosixPath(_unpacked(self.name)).suffix.lower()


def find_files(
    path: Path,
    source: str,
    *,
    is_deep: bool = False,
    base: Path | None = None,
    encoding: str | None = None,
) -> list[DataFile]:
    """All files at `path`: a folder (`is_deep`: with its subfolders), a zip, or a file; zips are
    looked into. A subfolder that is not gone into stands in the list by its name and `/`. `base`: the
    folder that names count from, by default the one at `path`. `encoding`: as in `DataFile`.

    Hidden files and Office's lock files are left out. Raises PipelineError where there is nothing.
    """
    if not path.exists():
        unread = " Variables such as $HOME are not read in it." if "$" in str(path) else ""
        raise PipelineError(
            f"Source {source}: there is nothing at {path}.",
            f"Put the export there, or correct `path` in the sources file.{unread}",
        )
    base = base or (path if path.is_dir() else path.parent)
    inside = path.rglob("*") if is_deep else path.glob("*")
    paths = sorted(inside) if path.is_dir() else [path]
    files: list[DataFile] = []
    for item in paths:
        name = item.relative_to(base).as_posix()
        if any(part.startswith((".", "~$")) for part in PurePosixPath(name).parts):
            continue
        if item.is_dir():
            if not is_deep:
                files.append(DataFile(f"{name}/", partial(_open, item, name, source)))
        elif item.suffix.lower() == ".zip":
            files.extend(_members(item, name, source))
        else:
            is_packed = _unpacked(name) != name
            files.append(DataFile(name, partial(_open, item, name, source), None if is_packed else item))
    if not any(not file.name.endswith("/") for file in files):
        raise PipelineError(f"Source {source}: the folder {path} holds no file.", "Put the export there.")
    return [replace(file, encoding=encoding) for file in files]


def read_file(file: DataFile, source: str, sheet: str | None = None) -> Iterator[Batch]:
    """Batches of one file, every column text, at least one batch (without rows it still names the
    columns). Raises PipelineError naming source and file."""
    with _explained(file, source):
        if file.kind in _WORKBOOKS:
            with file.open() as stream:
                yield from read_sheet(_seekable(stream), file.name, source, sheet)
        elif file.kind == ".parquet":
            with _on_disk(file) as path:
                yield from read_parquet(path, file.name, source)
        else:
            yield from read_csv(file.open, file.name, source, _encoding_of(file))


@lru_cache(maxsize=64)  # asked several times per file
def header_of(file: DataFile, source: str, sheet: str | None = None) -> tuple[str, ...]:
    """Column names of one file. A file found again (`find_files`) is looked at again."""
    if file.kind in CSV_KINDS:
        with _explained(file, source):
            return tuple(csv_header(file.open, file.name, source, _encoding_of(file)))
    first = next(iter(read_file(file, source, sheet)))
    return tuple(name for name in first.rows.column_names if name not in (SOURCE_FILE, SOURCE_ROW))


@lru_cache(maxsize=64)  # a pass over the whole file
def _encoding_of(file: DataFile) -> str:
    return detect_encoding(file.open, file.encoding)


def sheets_of(file: DataFile, source: str) -> dict[str, bool]:
    """Names of a workbook's sheets, and whether each is shown; none for other kinds."""
    if file.kind not in _WORKBOOKS:
        return {}
    with _explained(file, source), file.open() as stream:
        return sheet_names(_seekable(stream), file.name, source)


def not_read(files: Sequence[DataFile]) -> tuple[str, ...]:
    """The warning about files that belong to no object; nothing where there are none."""
    names = [file.name for file in files]
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return tuple(text for text in (f"not read: {shown}" if names else "", old_workbook(files)) if text)


def old_workbook(files: Sequence[DataFile]) -> str:
    """What to do about a file of a kind that Excel wrote long ago; empty where there is none."""
    old = [file.name for file in files if file.kind == ".xls"]
    return (
        f"{old[0]} is an old Excel workbook, or a page under its name: save it as .xlsx or CSV" if old else ""
    )


def _open(path: Path, name: str, source: str) -> BinaryIO:
    try:
        return cast(BinaryIO, gzip.open(path)) if _unpacked(name) != name else path.open("rb")
    except OSError as error:
        raise _unreadable(name, source, error) from error


def _members(path: Path, name: str, source: str) -> Iterator[DataFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(name, source, error) from error
    for item in members:
        if item.flag_bits & 1:
            raise PipelineError(
                f"Source {source}, file {name}: it has a password.", "Unpack it into the folder."
            )
        if not PurePosixPath(item.filename).name.startswith(".") and "__MACOSX" not in item.filename:
            yield DataFile(
                f"{name}/{item.filename}", partial(_open_member, path, item.filename, name, source)
            )


def _open_member(path: Path, member: str, name: str, source: str) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(path)
        stream = cast(BinaryIO, archive.open(member))
        return cast(BinaryIO, gzip.open(stream)) if _unpacked(member) != member else stream
    except (zipfile.BadZipFile, OSError, KeyError) as error:
        raise _unreadable(name, source, error) from error


def _unpacked(name: str) -> str:
    """Name of what a compressed file holds; any other name as it is."""
    return name[:-3] if name.lower().endswith(".gz") else name


def _seekable(stream: BinaryIO) -> BinaryIO:
    """A workbook is a zip: inside a zip it has to be in memory to be read."""
    is_packed = isinstance(stream, zipfile.ZipExtFile | gzip.GzipFile)
    return io.BytesIO(stream.read()) if is_packed else stream


@contextlib.contextmanager
def _on_disk(file: DataFile) -> Iterator[Path]:
    """Where DuckDB can read a file; one out of a zip is unpacked for as long."""
    if file.path is not None:
        yield file.path
        return
    with tempfile.NamedTemporaryFile(suffix=file.kind) as copy, file.open() as stream:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)


@contextlib.contextmanager
def _explained(file: DataFile, source: str) -> Iterator[None]:
    """Damage inside a zip or a compressed file shows only while it is read."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise _unreadable(file.name, source, error) from error


def _unreadable(name: str, source: str, error: Exception) -> PipelineError:
    return PipelineError(
        f"Source {source}, file {name}: cannot be read: {error}", "Export it again, and allow reading it."
    )
