"""CSV and TSV as people send them: any usual encoding and separator, ragged rows, quoted newlines.

Belongs here: text to batches of text columns, and the rows that are no rows. What the columns are called is
`headers`, which files there are `files`; what a record needs in order to land is `lib/row_boundary`.
"""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, Rejected
from orchestration.sources.headers import UNNAMED, fields_of, first_width, read_header, require_text
from orchestration.sources.read_ahead import read_ahead
from orchestration.sources.text_stream import BAD_BYTE, END_OF_FILE, Utf8Stream, detect_encoding, unmarked
from orchestration.sources.titles import told

BATCH_ROWS = 1 << 18
# Excel leaves out the separators behind the last filled cell of a row where the columns at the end are empty
# in all of a block of so many rows, counted from the header.
EXCEL_BLOCK = 16
# What spreadsheets show where a formula failed, and what SQL dumps write for nothing. In this spelling only:
# somebody may be called Null.
_FAILED_FORMULAS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
NOTHING = frozenset({"", "NULL", "\\N", *_FAILED_FORMULAS})
# A field must fit into one block. Larger ones are quotes that were never closed, not text.
BLOCK_BYTES = 32 << 20
# Blocks of a file without fault: small ones are parsed ahead in little memory, as many as the row boundary
# takes at once or nearly so. pyarrow parses on the thread that asks, mostly, whatever `use_threads` says.
QUICK_BLOCK_BYTES = 2 << 20
BLOCKS_AHEAD = 8


def read_csv(
    opener: Callable[[], BinaryIO], name: str, source: str, encoding: str | None = None
) -> Iterator[Batch]:
    """Batches of a CSV's rows, every column text, fields that say nothing null; at least one, if of no rows.
    `encoding`: where it has been detected already, which takes a pass over the whole file.

    Columns without a name come as `_unnamed_<n>` where they hold anything. A row with fewer or more
    fields than the header, with bytes that cannot be decoded, or whose quote is never closed, is
    rejected. Raises PipelineError where the header cannot be used.
    """
    encoding = encoding or detect_encoding(opener)
    passed = 0
    try:
        quick = _read(opener, name, source, encoding, is_exact=False)
        for batch, last in read_ahead(quick, BLOCKS_AHEAD):
            yield batch
            passed = last
    except pa.ArrowInvalid:
        # A row that is no row, or a field beyond a small block: from here on by the reader that can tell
        # which. What has been given so far had no such row, so it is what that reader would have given.
        for batch, _ in _read(opener, name, source, encoding, is_exact=True):
            yield from _after(batch, passed)


def _read(
    opener: Callable[[], BinaryIO], name: str, source: str, encoding: str, *, is_exact: bool
) -> Generator[tuple[Batch, int], None, None]:
    """Batches, each with the number of the last row that it has passed. Not `is_exact`: on all cores, and
    pyarrow.ArrowInvalid at the first row that is to be rejected for its form."""
    require_text(opener, name, source)
    with opener() as raw, Utf8Stream(raw, encoding) as stream:
        names, separator, titles = read_header(stream, name, source)
        if names[-1].startswith(UNNAMED):
            width = first_width(opener, name, source, encoding)
            while names[-1].startswith(UNNAMED) and len(names) > width:
                names.pop()
        reader = _Reader(stream, names, separator, name, source, warnings=told(name, titles))
        for batch in reader.batches(is_exact=is_exact):
            yield batch, reader.passed


def _after(batch: Batch, passed: int) -> Iterator[Batch]:
    """What of a batch comes after row `passed`; nothing where that is nothing."""
    if not passed:
        yield batch
        return
    rows = batch.rows.filter(pc.greater(batch.rows[SOURCE_ROW], passed))
    rejected = tuple(item for item in batch.rejected if item.row > passed)
    if rows.num_rows or rejected:
        yield Batch(rows, rejected, warnings=batch.warnings)


def _values(fields: list[str]) -> list[str | None]:
    return [None if field in NOTHING else field for field in fields]


@dataclass(frozen=True)
class _Short:
    """A row with fewer fields than the header. `columns`: how many pyarrow found."""

    number: int
    fields: list[str]
    columns: int
    text: str


class _Reader:
    """One file under way: numbers its rows and gathers what pyarrow cannot take."""

    def __init__(
        self,
        stream: Utf8Stream,
        names: list[str],
        separator: str,
        file: str,
        source: str,
        *,
        warnings: tuple[str, ...],
    ) -> None:
        self._names, self._separator, self._file, self._source = names, separator, file, source
        self._stream = stream
        self._invalid: list[int] = []  # numbers of rows that pyarrow skipped, not yet passed by
        self._next = 1
        self._rejected: list[Rejected] = []
        self._warnings = warnings
        self._extra: list[tuple[int, list[str | None]]] = []  # rows with empty fields too many, or left out
        self._short: list[_Short] = []  # rows with too few fields that follow each other, all of one width
        self._is_block = False  # whether so many have followed each other that empty fields were left out

    @property
    def passed(self) -> int:
        """Number of the last row that was given or rejected."""
        return self._next - 1

    def batches(self, *, is_exact: bool) -> Iterator[Batch]:
        """All rows. Not `is_exact`: raises pyarrow.ArrowInvalid at the first that pyarrow cannot take."""
        is_first = True
        try:
            reader = pacsv.open_csv(
                pa.PythonFile(self._stream, mode="r"),
                # Only single-threaded pyarrow says which row it is that it cannot take.
                read_options=pacsv.ReadOptions(
                    column_names=self._names,
                    block_size=BLOCK_BYTES if is_exact else min(QUICK_BLOCK_BYTES, BLOCK_BYTES),
                    use_threads=not is_exact,
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=self._separator,
                    newlines_in_values=True,
                    invalid_row_handler=self._on_invalid if is_exact else _only_the_end,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.string()),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    null_values=sorted(NOTHING),
                    check_utf8=False,  # the stream gives nothing else
                ),
            )
            for block in reader:
                for start in range(0, block.num_rows, BATCH_ROWS):
                    yield self._batch(pa.Table.from_batches([block.slice(start, BATCH_ROWS)]))
                    is_first = False
        except pa.ArrowInvalid as error:
            if not is_exact:
                raise
            raise PipelineError(
                f"Source {self._source}, file {self._file}, after row {self._next - 1}: cannot be read as"
                f" CSV: {_reason(str(error))}.",
                "Look for a quote that is opened and never closed near there, or export the file again.",
            ) from error
        self._settle_short(is_end=True)
        if is_first or self._rejected or self._extra:
            empty = pa.table({name: pa.nulls(0, pa.string()) for name in self._names})
            yield self._batch(empty)

    def _on_invalid(self, row: pacsv.InvalidRow) -> str:
        self._invalid.append(row.number)
        if row.text.strip("\r\n") == END_OF_FILE:
            return "skip"
        text = unmarked(row.text)
        fields = fields_of(row.text, self._separator)
        is_short = len(fields) < len(self._names) and BAD_BYTE not in row.text and END_OF_FILE not in row.text
        if not (is_short and self._goes_on(row.number, len(fields))):
            self._settle_short()
        if is_short:
            self._keep_short(_Short(row.number, fields, row.actual_columns, text))
        elif END_OF_FILE in row.text:
            self._reject(row.number, "unclosed_quote", _UNCLOSED, text)
            self._warn_of_the_rest(row.number, text)
        elif BAD_BYTE in row.text:
            self._reject(row.number, "bad_encoding", _UNDECODABLE, text)
        else:
            expected = len(self._names)
            if len(fields) > expected and not any(fields[expected:]):
                self._extra.append((row.number, _values(fields[:expected])))
            else:
                self._reject_ragged(row.number, row.actual_columns, text)
        return "skip"

    def _goes_on(self, number: int, width: int) -> bool:
        last = self._short[-1] if self._short else None
        return last is not None and number == last.number + 1 and width == len(last.fields)

    def _keep_short(self, row: "_Short") -> None:
        if self._is_block:
            self._fill_up([row])
            self._short = [row]  # by which the next one is known to go on
            return
        self._short.append(row)
        if len(self._short) == EXCEL_BLOCK:
            self._fill_up(self._short)
            self._short, self._is_block = [row], True

    def _settle_short(self, *, is_end: bool = False) -> None:
        """What becomes of short rows that no other follows. One that a bare line end cut in two is as short:
        only a block of Excel's is rows, whole, or cut off by the end of the file. The header is the first
        row of the first block."""
        rows, self._short = self._short, []
        is_block, self._is_block = self._is_block, False
        if is_block:
            return  # they are filled up
        is_first = bool(rows) and rows[0].number == 1
        is_whole = is_first and len(rows) == EXCEL_BLOCK - 1
        is_cut_off = is_end and len(rows) > 1 and (is_first or rows[0].number % EXCEL_BLOCK == 0)
        if is_whole or (is_cut_off and not self._may_be_one(rows)):
            self._fill_up(rows)
        else:
            for row in rows[:-1] if is_end else rows:
                self._reject_ragged(row.number, row.columns, row.text)
            if is_end and rows:
                self._reject_last(rows[-1])

    def _reject_last(self, row: "_Short") -> None:
        """The last row of the file, too short: without a line end the file is cut off there, and who knows
        how much is missing. A field alone is rather a footer than a record's beginning."""
        if len(row.fields) == 1 or self._stream.is_line_ended:
            self._reject_ragged(row.number, row.columns, row.text)
            return
        self._reject(row.number, "cut_off", _CUT_OFF, row.text)
        self._warnings = (
            *self._warnings,
            f"{self._file}, row {row.number}: the file ends within that row, so more may be missing: export"
            " it again",
        )

    def _may_be_one(self, rows: "list[_Short]") -> bool:
        """Whether two short rows may be the halves of one, the only one of the file."""
        return rows[0].number == 1 and len(rows) == 2 and 2 * len(rows[0].fields) == len(self._names) + 1

    def _fill_up(self, rows: "list[_Short]") -> None:
        width = len(self._names)
        self._extra += [(row.number, _values(row.fields + [""] * (width - len(row.fields)))) for row in rows]

    def _reject_ragged(self, number: int, columns: int, text: str) -> None:
        self._reject(number, "ragged", f"{columns} fields, the header has {len(self._names)}", text)

    def _batch(self, rows: pa.Table) -> Batch:
        numbers = self._numbers(rows.num_rows)
        if self._short and self._short[-1].number < self._next:
            self._settle_short()
        if self._extra:
            late = list(zip(*(values for _, values in self._extra), strict=True))
            arrays = [pa.array(values, pa.string()) for values in late]
            rows = pa.concat_tables([rows, pa.table(arrays, names=self._names)])
            numbers = np.concatenate([numbers, [number for number, _ in self._extra]])
            self._extra = []
        rows, numbers = self._without_bad(rows, numbers)
        empty = [
            column
            for column in rows.column_names
            if column.startswith(UNNAMED) and rows[column].null_count == rows.num_rows
        ]
        rows = rows.drop_columns(empty)
        rows = rows.append_column(SOURCE_FILE, pa.repeat(pa.scalar(self._file, pa.string()), rows.num_rows))
        rows = rows.append_column(SOURCE_ROW, pa.array(numbers, pa.int64()))
        rejected, self._rejected = sorted(self._rejected, key=lambda item: item.row), []
        warnings, self._warnings = self._warnings, ()
        return Batch(rows, tuple(rejected), warnings=warnings)

    def _warn_of_the_rest(self, row: int, text: str) -> None:
        """One rejected row may be most of the file: people should see it."""
        self._warnings = (
            *self._warnings,
            f"{self._file}, row {row}: a quote is opened there and never closed, so that row and the"
            f" {text.count(chr(10)):,} lines after it were not read: correct that row, or where the file was"
            " cut off there, export it again",
        )

    def _numbers(self, count: int) -> np.ndarray:
        """Numbers of the next `count` rows that were taken: consecutive but for the skipped ones."""
        if not self._invalid:  # finding out that none is skipped took a tenth of reading
            self._next += count
            return np.arange(self._next - count, self._next, dtype=np.int64)
        invalid = np.array(sorted(self._invalid), dtype=np.int64)
        last = self._next + count
        while (grown := self._next + count + int((invalid < last).sum())) != last:
            last = grown
        numbers = np.setdiff1d(np.arange(self._next, last, dtype=np.int64), invalid, assume_unique=True)
        self._invalid = [number for number in self._invalid if number >= last]
        self._next = last
        return numbers

    def _without_bad(self, rows: pa.Table, numbers: np.ndarray) -> tuple[pa.Table, np.ndarray]:
        """Rows without those that hold undecodable bytes or a quote that was never closed."""
        mask = np.zeros(rows.num_rows, dtype=bool)
        if self._stream.has_bad_bytes:
            for column in rows.columns:
                found = pc.fill_null(pc.match_substring(column, BAD_BYTE), False)
                mask |= found.to_numpy(zero_copy_only=False)
        last = rows.slice(max(0, rows.num_rows - 1)).to_pylist()
        if last and any(END_OF_FILE in value for value in last[0].values() if value):
            mask[-1] = True
        if not mask.any():
            return rows, numbers
        for index in np.flatnonzero(mask):
            values = {key: value for key, value in rows.slice(index, 1).to_pylist()[0].items() if value}
            if list(values.values()) == [END_OF_FILE]:
                continue  # the end mark of a file of one column
            is_unclosed = any(END_OF_FILE in value for value in values.values())
            code, reason = ("unclosed_quote", _UNCLOSED) if is_unclosed else ("bad_encoding", _UNDECODABLE)
            shown = {key: unmarked(value) for key, value in values.items()}
            self._reject(int(numbers[index]), code, reason, json.dumps(shown, ensure_ascii=False))
            if is_unclosed:
                self._warn_of_the_rest(int(numbers[index]), "".join(shown.values()))
        return rows.filter(pa.array(~mask)), numbers[~mask]

    def _reject(self, row: int, code: str, reason: str, record: str) -> None:
        self._rejected.append(Rejected(self._file, row, code, reason, record))


def _only_the_end(row: pacsv.InvalidRow) -> str:
    return "skip" if row.text.strip("\r\n") == END_OF_FILE else "error"


_UNDECODABLE = "bytes that are no text in the file's encoding"
_CUT_OFF = "the file ends within this row, without a line end: it was cut off"
_UNCLOSED = "a quote is opened and never closed, so the rest of the file cannot be told apart"


def _reason(text: str) -> str:
    if "straddling" in text:
        return f"a field is longer than {BLOCK_BYTES >> 20} MB"
    return text.removeprefix("CSV parse error: ").split("\n")[0][:200]
