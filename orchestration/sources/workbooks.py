"""Excel workbooks and Parquet files as batches of text columns.

Belongs here: files that carry types of their own, and how those become text without losing anything.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import chain, islice, repeat, zip_longest
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch
from orchestration.sources.csv_reader import NOTHING
from orchestration.sources.headers import UNNAMED, checked_names
from orchestration.sources.titles import LOOKED_AT, titles_above, told

BATCH_ROWS = 1 << 14
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
# A formula's cell without its result, as programs write that do not calculate. One whose result is an empty
# text has the type `str`.
_NO_RESULT = re.compile(rb'<c r="[^"]+"(?: s="\d+")?><f(?: [^>]*)?(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>')
_NOT_A_WORKBOOK = "Save it as an Excel workbook (.xlsx) without a password, or export it as CSV."


def sheet_names(stream: BinaryIO, name: str, source: str) -> dict[str, bool]:
    """Names of a workbook's sheets, without those that hold a chart only, and whether each is shown. Raises
    PipelineError where it is none."""
    book = _open(stream, name, source)
    try:
        return {found.title: found.sheet_state == "visible" for found in book.worksheets}
    finally:
        book.close()


def read_sheet(stream: BinaryIO, name: str, source: str, sheet: str | None = None) -> Iterator[Batch]:
    """Batches of one sheet (None: the first that is shown), all text: whole numbers without a point, dates
    ISO. A text in cells that are merged over several rows of a column is that of each.

    The first row that is not blank names the columns; `_source_row` counts the rows below it, blank ones too,
    though these are left out. Raises PipelineError where the file is no workbook or lacks the sheet.
    """
    book = _open(stream, name, source)
    try:
        sheets = {found.title: found for found in book.worksheets}
        # lists for drop-downs stand on hidden sheets, often on the first
        shown = [title for title, found in sheets.items() if found.sheet_state == "visible"] or list(sheets)
        if not shown or (sheet is not None and sheet not in sheets):
            raise PipelineError(
                f"Source {source}, file {name}: there is no sheet {sheet!r}."
                if sheet
                else f"Source {source}, file {name}: it holds no sheet with cells.",
                f"Its sheets are: {', '.join(sheets)}.",
            )
        chosen = sheets[sheet or shown[0]]
        chosen.reset_dimensions()  # some programs state a size that is too small, and reading would end there
        rows = enumerate(iter(chosen.iter_rows(values_only=True)), start=1)
        filled = ((n, row) for n, row in rows if any(cell_text(cell) for cell in row))
        begun = list(islice(filled, LOOKED_AT + 1))
        texts = [[cell_text(cell) or "" for cell in row] for _, row in begun]
        count = titles_above(texts)
        top, first = begun[count] if begun else (0, ())
        header = ["" if value is None else str(value) for value in first]
        while header and not header[-1].strip():  # formatted but empty columns to the right
            header.pop()
        names = checked_names(header, name, source)
        below = chain(_with_blanks(begun[count + 1 :], top), (row for _, row in rows))
        titles = [" ".join(filter(None, row)) for row in texts[:count]]
        merged, formulas = _merged_and_uncalculated(chosen, top)
        batches = _sheet_batches(_unmerged(below, merged), names, name)
        yield replace(next(batches), warnings=(*told(name, titles), *_empty_formulas(name, formulas)))
        yield from batches
    finally:
        book.close()


def _with_blanks(rows: Sequence[tuple[int, tuple[Any, ...]]], top: int) -> Iterator[tuple[Any, ...]]:
    """Numbered rows below row `top` with the blank ones between them, of which `rows` has none."""
    for number, row in rows:
        yield from repeat((), number - top - 1)
        yield row
        top = number


def read_parquet(path: Path, name: str, source: str) -> Iterator[Batch]:
    """Batches of a Parquet file with every column cast to text, empty text null."""
    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute("set preserve_insertion_order = true")
            found = connection.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
            names = checked_names([row[0] for row in found], name, source)
            columns = ", ".join(
                f"nullif(cast({_quoted(old)} as varchar), '') as {_quoted(new)}"
                for (old, *_), new in zip(found, names, strict=True)
            )
            reader = connection.execute(
                f"select {columns}, ? as {SOURCE_FILE}, file_row_number + 1 as {SOURCE_ROW}"
                " from read_parquet(?, file_row_number = true)",
                [name, str(path)],
            ).to_arrow_reader(1 << 18)
            is_first = True
            for batch in reader:
                yield Batch(pa.Table.from_batches([batch]))
                is_first = False
            if is_first:
                yield Batch(reader.schema.empty_table())
        except duckdb.Error as error:
            raise PipelineError(
                f"Source {source}, file {name}: cannot be read as Parquet: {str(error).splitlines()[0]}",
                "Write the file again.",
            ) from error


def cell_text(value: Any) -> str | None:
    """One cell as text: whole numbers without a point, dates and times ISO, TRUE and FALSE; what Excel
    shows where a formula failed (#N/A, #REF!) is nothing, and so is NULL.

    A whole number of more than 15 digits has been rounded by Excel itself: it keeps the exponent
    that shows so.
    """
    if value is None or value in NOTHING:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, timedelta):  # [h]:mm:ss
        seconds = round(abs(value).total_seconds())
        sign = "-" if value < timedelta() and seconds else ""
        return f"{sign}{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)  # dates and times: ISO with a blank between them


def _open(stream: BinaryIO, name: str, source: str) -> Any:
    import openpyxl  # half a second, and few sources are workbooks
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(stream, read_only=True, data_only=True)
    except (
        *(InvalidFileException, zipfile.BadZipFile, KeyError, ValueError),
        *(TypeError, AttributeError, IndexError, SyntaxError),  # of XML that some programs write
    ) as error:
        message = f"Source {source}, file {name}: cannot be read as a workbook: {error}"
        raise PipelineError(message, _NOT_A_WORKBOOK) from error


def _empty_formulas(name: str, count: int) -> tuple[str, ...]:
    if not count:
        return ()
    cells = "cells hold formulas" if count > 1 else "cell holds a formula"
    return (
        f"{name}: {count:,} {cells} without a result, so nothing is read there: open it in a spreadsheet,"
        " which calculates, and save it",
    )


def _merged_and_uncalculated(sheet: Any, top: int) -> tuple[dict[int, list[tuple[int, int]]], int]:
    """Where cells of one column are merged: row below row `top` to (column, how many more rows), all counted
    from 0; and how many formulas have no result. openpyxl tells neither while it reads row by row; the XML
    does."""
    tail, cells, formulas = b"", b"", 0
    with sheet._get_source() as stream:
        while chunk := stream.read(1 << 20):
            tail = (tail if b"<mergeCells" in tail else tail[-16:]) + chunk
            cells += chunk
            whole = cells.rfind(b"<c ")  # the next chunk may bring the rest of that cell
            formulas += len(_NO_RESULT.findall(cells, 0, max(whole, 0)))
            cells = cells[whole:] if whole >= 0 else b""
    formulas += len(_NO_RESULT.findall(cells))
    found: dict[int, list[tuple[int, int]]] = {}
    for column, first, other, last in _MERGED.findall(tail[tail.find(b"<mergeCells") :]):
        if column == other and int(first) > top:
            index = 0
            for letter in column:
                index = index * 26 + letter - ord("A") + 1
            found.setdefault(int(first) - top - 1, []).append((index - 1, int(last) - int(first)))
    return found, formulas


def _unmerged(
    rows: Iterator[tuple[Any, ...]], merged: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[Any, ...]]:
    """Rows in which every cell of a merged range has its text. A number stays alone: it is that of the range,
    and would be added up."""
    if not merged:
        yield from rows
        return
    going: dict[int, tuple[int, str]] = {}  # column to the last row of its range and the text
    for number, row in enumerate(rows):
        cells = list(row)
        for column, more in merged.get(number, ()):
            if column < len(cells) and isinstance(cells[column], str):
                going[column] = (number + more, cells[column])
        if any(cell is not None for cell in cells):  # else it stays blank
            for column, (last, text) in going.items():
                if number <= last and column < len(cells) and cells[column] is None:
                    cells[column] = text
        yield tuple(cells)


def _sheet_batches(rows: Iterator[tuple[Any, ...]], names: list[str], file: str) -> Iterator[Batch]:
    columns: list[list[str | None]] = [[] for _ in names]
    numbers: list[int] = []
    is_first = True
    for number, row in enumerate(rows, start=1):
        cells = [cell_text(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            while len(cells) > len(columns):  # something stands beside the last named column
                names.append(f"{UNNAMED}{len(names) + 1}")
                columns.append([None] * len(numbers))
            for column, cell in zip_longest(columns, cells):
                column.append(cell)
            numbers.append(number)
        if len(numbers) == BATCH_ROWS:
            yield _sheet_batch(columns, numbers, names, file)
            columns, numbers, is_first = [[] for _ in names], [], False
    if numbers or is_first:
        yield _sheet_batch(columns, numbers, names, file)


def _sheet_batch(columns: list[list[str | None]], numbers: list[int], names: list[str], file: str) -> Batch:
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=names)
    unnamed = [name for name in names if name.startswith(UNNAMED) and table[name].null_count == len(numbers)]
    table = table.drop_columns(unnamed)
    table = table.append_column(SOURCE_FILE, pa.array([file] * len(numbers), pa.string()))
    return Batch(table.append_column(SOURCE_ROW, pa.array(numbers, pa.int64())))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
