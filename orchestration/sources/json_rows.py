"""Pages of JSON to batches of rows, and what keeps paging honest.

Belongs here: values to text, records that cannot be rows, page tokens, the tally of what was read. What
a record needs in order to land is the row boundary's.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

import pyarrow as pa

from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, Rejected
from orchestration.sources.http_values import Number
from orchestration.sources.transport import Caller

_TELL_EVERY_PAGES = 25


def as_text(value: Any) -> str | None:
    """A JSON value as landing holds it: text as it is, numbers as written, true and false, nested
    values as JSON, null as nothing."""
    if value is None or isinstance(value, str):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _json(value)


def _json(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_json(value[key])}" for key in value)
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def batch_of(records: Sequence[Any], file: str, first_row: int, key: Sequence[str] = ()) -> Batch:
    """Rows of one page, every column text. A record that is no object, whose text is no Unicode, or of
    which two names differ only by case is rejected. `first_row`: number of the first record; `key`:
    columns that are there even where no record has them."""
    spelled: dict[str, str] = {}
    shapes: set[tuple[str, ...]] = set()  # lists of names that have been looked at: mostly there is one
    rows: list[tuple[int, dict[str, Any]]] = []
    problems: list[tuple[int, str]] = []
    for number, record in enumerate(records, start=first_row):
        if not isinstance(record, dict):
            problems.append((number, "not_a_record"))
            continue
        names = tuple(record)
        if names not in shapes:
            if any(spelled.setdefault(name.lower(), name) != name for name in names):
                problems.append((number, "column_collision"))
                continue
            shapes.add(names)
        rows.append((number, record))
    try:
        table = _table(rows, file, key)
    except UnicodeEncodeError:  # rare, so that looking at every value would cost more than it finds
        problems.extend((number, "invalid_text") for number, row in rows if not _is_unicode(row))
        table = _table([(number, row) for number, row in rows if _is_unicode(row)], file, key)
    return Batch(
        table,
        tuple(
            Rejected(file, number, code, _REASONS[code], _shown(records[number - first_row]))
            for number, code in sorted(problems)
        ),
    )


def _table(rows: Sequence[tuple[int, dict[str, Any]]], file: str, key: Sequence[str]) -> pa.Table:
    shapes = list(dict.fromkeys(tuple(row) for _, row in rows))
    names = list(dict.fromkeys([*key, *chain.from_iterable(shapes)]))
    columns: Iterable[Sequence[Any]]
    if len(shapes) == 1 and set(key) <= set(shapes[0]):  # as most pages are: turned over in one go
        names = list(shapes[0])
        columns = zip(*(row.values() for _, row in rows), strict=True)
    else:
        columns = ([row.get(name) for _, row in rows] for name in names)
    return pa.table(
        [
            *map(_column, columns),
            pa.repeat(pa.scalar(file, pa.string()), len(rows)),
            pa.array([number for number, _ in rows], pa.int64()),
        ],
        names=[*names, SOURCE_FILE, SOURCE_ROW],
    )


def _column(values: Sequence[Any]) -> pa.Array:
    if not {str, type(None)}.issuperset(map(type, values)):
        values = [as_text(value) for value in values]
    return pa.array(values, pa.string())


_REASONS = {
    "not_a_record": "is no record with fields",
    "invalid_text": "holds bytes or half characters that are no valid text",
    "column_collision": "has two fields whose names differ only by upper and lower case",
}


def _is_unicode(row: dict[str, Any]) -> bool:
    try:
        for text in (*row, *map(as_text, row.values())):
            (text or "").encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(record: Any) -> str:
    return _json(record).encode("utf-8", "backslashreplace").decode()


class PageTokens:
    """Follows the tokens of a listing; one that comes back would never end. `where`: source and request."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._seen: set[str] = set()

    def follow(self, token: object) -> str | None:
        """The token as text, None at the end. Raises PipelineError where it has been followed before."""
        text = as_text(token)
        if not text:
            return None
        if text in self._seen:
            raise PipelineError(
                f"{self._where}: after {len(self._seen):,} pages the API leads back to one of them.",
                "Run the ingest again; if it stays so, report it to the vendor of the API.",
            )
        self._seen.add(text)
        return text


class Tally:
    """Rows and pages so far, told now and then; numbers the rows of an object."""

    def __init__(self, caller: Caller, name: str, key: Sequence[str] = ()) -> None:
        self.source, self.name, self._key = caller.source, name, key
        self._progress = caller.progress
        self.rows = self.pages = 0

    def batch(self, records: Sequence[Any], file: str) -> Batch:
        """The next page as a batch."""
        batch = batch_of(records, file, self.rows + 1, self._key)
        self.rows += len(records)
        self.told_page()
        return batch

    def told_page(self) -> None:
        """One page more; says so now and then."""
        self.pages += 1
        if self.pages % _TELL_EVERY_PAGES == 0:
            self._progress(f"{self.source}: {self.name}: {self.rows:,} rows in {self.pages:,} pages so far")

    def done(self) -> None:
        self._progress(f"{self.source}: {self.name}: {self.rows:,} rows in {self.pages:,} pages")


def field(answer: Any, *path: str) -> Any:
    """A value inside an answer; None where any step is missing or no object."""
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def items(answer: Any, name: str, where: str) -> list[Any]:
    """The list that an answer must have under `name`. Raises PipelineError where it has none."""
    found = field(answer, name)
    if not isinstance(found, list):
        raise PipelineError(
            f"{where}: the answer has no list {name!r}.",
            "Check that the address is that of the API; if it is, its version has changed.",
        )
    return found


def chunks(values: Iterator[str], size: int) -> Iterator[list[str]]:
    """Lists of at most `size` values."""
    part: list[str] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


class Ids:
    """Ids of the records that were read, on disk: there may be millions."""

    def __enter__(self) -> "Ids":
        self._file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, ids: Iterable[str]) -> None:
        self._file.writelines(f"{text}\n" for text in ids)

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        for line in self._file:
            yield line.removesuffix("\n")
