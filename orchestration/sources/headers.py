"""Names of columns, in the first lines of a CSV and the first rows of a sheet.

Belongs here: what the columns are called, by what a line is separated, what stands above it. The rows below
are `csv_reader`'s and `workbooks`', titles `titles`'.
"""

import codecs
import csv
import io
import re
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO

from orchestration.errors import PipelineError
from orchestration.sources.text_stream import BAD_BYTE, Utf8Stream, detect_encoding, unmarked
from orchestration.sources.titles import LOOKED_AT, TITLE_CELLS, titles_above

# What files of other kinds begin with, and what to do with one that bears the name of a text file.
_OTHER_KINDS = (
    (b"PK\x03\x04", "an Excel workbook or a zip", "Name it .xlsx or .zip, after what it is."),
    (b"\x1f\x8b", "compressed with gzip", "Name it .csv.gz, or unpack it."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as .xlsx or CSV."),
    (b"PAR1", "a Parquet file", "Name it .parquet."),
    (b"%PDF", "a PDF", "Export the records as CSV."),
    (b"<!DOCTYPE", "a web page", "Perhaps the login ran out while it was fetched: export it again as CSV."),
    (b"<html", "a web page", "Perhaps the login ran out while it was fetched: export it again as CSV."),
    (b'{"', "JSON", "Export the records as CSV."),
    (b"[{", "JSON", "Export the records as CSV."),
)
UNNAMED = "_unnamed_"
# Characters that stay when a header is copied from a page.
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
SEPARATORS = ",;\t|"


def csv_header(
    opener: Callable[[], BinaryIO], name: str, source: str, encoding: str | None = None
) -> list[str]:
    """Column names of a CSV, unnamed ones as `_unnamed_<n>`. Raises PipelineError as `read_csv` does."""
    require_text(opener, name, source)
    with opener() as raw, Utf8Stream(raw, encoding or detect_encoding(opener)) as stream:
        return read_header(stream, name, source)[0]


def checked_names(names: list[str], name: str, source: str) -> list[str]:
    """Column names without blanks and invisible characters around them, unnamed ones numbered from 1. Of
    those that are the same but for case, which SQL could not tell apart, all but the first get their number:
    `Comment (column 7)`; see `named_twice`. Raises PipelineError where there is none."""
    visible = [text.strip().strip(_INVISIBLE).strip() for text in names]
    stripped = [text or f"{UNNAMED}{index}" for index, text in enumerate(visible, start=1)]
    if not any(visible):
        raise PipelineError(
            f"Source {source}, file {name}: its first row names no column.",
            "The first row must hold the column names; remove what stands above it.",
        )
    seen: set[str] = set()
    for index, text in enumerate(stripped):
        if text.lower() in seen:
            stripped[index] = f"{text} (column {index + 1})"
        seen.add(stripped[index].lower())
    return stripped


def named_twice(header: Sequence[str]) -> dict[str, str]:
    """Columns whose name stood there before, as `checked_names` calls them, to that name."""
    known = {name.lower() for name in header}
    found = {name: re.sub(r" \(column \d+\)$", "", name) for name in header}
    return {name: plain for name, plain in found.items() if plain != name and plain.lower() in known}


def require_text(opener: Callable[[], BinaryIO], name: str, source: str) -> None:
    """Raises PipelineError where a file is of another kind than its name says."""
    with opener() as raw:
        head = raw.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, kind, remedy in _OTHER_KINDS:
        if head[: len(mark)].lower() == mark.lower():
            raise PipelineError(f"Source {source}, file {name}: this is no CSV but {kind}.", remedy)


def read_header(stream: Utf8Stream, name: str, source: str) -> tuple[list[str], str, list[str]]:
    """Column names, the separator, and the lines above the names, which are left out."""
    try:
        line = stream.read_record()
        declared = ""
        said = line.strip("\r\n ").strip('"')
        if said.lower().startswith("sep=") and len(said) == 5:  # Excel's own way to say it
            declared, line = said[4], stream.read_record()
    except ValueError as error:
        raise PipelineError(
            f"Source {source}, file {name}: this is no CSV: {error}", "Export it again as CSV (UTF-8)."
        ) from error
    if not line:
        raise PipelineError(
            f"Source {source}, file {name}: the file is empty; not even column names.",
            "Export it again; a CSV without records still has its header.",
        )
    if BAD_BYTE in line or "\0" in line:
        raise PipelineError(
            f"Source {source}, file {name}: the first row is no text: {unmarked(line)[:80]!r}.",
            "Export it again as CSV (UTF-8).",
        )
    separator = declared or max(SEPARATORS, key=lambda mark: len(fields_of(line, mark)))
    names = fields_of(line, separator)
    titles: list[str] = []
    if sum(bool(field.strip()) for field in names) <= TITLE_CELLS:
        below = stream.peek_records(LOOKED_AT)
        separator = declared or _separator_below(names, separator, below)
        count = titles_above([fields_of(record, separator) for record in (line, *below)])
        titles = [line, *below[:count]][:count]
        for _ in range(count):
            line = stream.read_record()
        names = fields_of(line, separator)
    return checked_names(names, name, source), separator, titles


def first_width(opener: Callable[[], BinaryIO], name: str, source: str, encoding: str) -> int:
    """Fields of the first row below the header, which may end in separators that the rows lack; without a row
    as many as there can be."""
    with opener() as raw, Utf8Stream(raw, encoding) as stream:
        _, separator, _ = read_header(stream, name, source)
        try:
            line = stream.read_record()
        except ValueError:  # a field beyond every measure is told where it is read
            line = ""
    return len(fields_of(line, separator)) if line else sys.maxsize


def fields_of(line: str, separator: str) -> list[str]:
    """Fields of one record; the record itself where Python's reader cannot take it apart (a line end that
    with this separator stands in no quotes, a field beyond its limit of 128 KB)."""
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator))
    except csv.Error:
        return [line]


def _separator_below(names: list[str], separator: str, below: Sequence[str]) -> str:
    """The separator of the records below a first line that may be a title: the line's own where they have as
    many fields; else the one with which the last of them have most."""
    if not below or len(fields_of(below[0], separator)) == len(names) > 1:
        return separator
    last = below[-3:]
    return max(
        (separator, *SEPARATORS), key=lambda mark: min(len(fields_of(record, mark)) for record in last)
    )
