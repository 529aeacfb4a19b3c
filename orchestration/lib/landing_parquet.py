"""Parquet files as landing keeps them: what every row of an ingest bears, and how they are written.

Belongs here: columns that are the same for a whole ingest, and the encoding of the files. Which rows are
written is `landing_spool` and `landing_diff`; what makes files count is `landing_writer`.
"""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.lib.landing_settle import Settling

LOAD_ID = "_dlt_load_id"
# A dictionary pays where a value stands ten times or more; else building it costs half of the writing.
_SAMPLE_ROWS = 4096
_DISTINCT_SHARE = 0.1
# Digits at random: LZ4 takes as long for them as for dates and saves a third where it saves two of those.
_COMPRESSION = {"_record_hash": "none"}
_TABLES_HELD = 2  # with one, either thread waits for the other now and then: 3 % of a landing


@dataclass(frozen=True)
class Stamp:
    """What all rows of one ingest bear: whose they are, when they were loaded (UTC, without a zone), and
    the id that the load will have."""

    source_instance: str
    loaded_at: datetime
    load_id: str

    def on_records(self, rows: pa.Table, system: str) -> pa.Table:
        """Records that the row boundary admitted, with landing's columns in landing's order."""
        own = {name: rows[name] for name in ("_record_key", "_record_hash", "_source_file", "_source_row")}
        rows = rows.drop_columns(list(own))
        columns = {
            "_source_system": _constant(system, rows.num_rows),
            "_source_instance": _constant(self.source_instance, rows.num_rows),
            "_record_key": own["_record_key"],
            "_record_hash": own["_record_hash"],
            "_change": _constant("upsert", rows.num_rows),
            "_source_file": own["_source_file"],
            "_source_row": own["_source_row"],
            "_loaded_at": pa.repeat(pa.scalar(self.loaded_at, pa.timestamp("us")), rows.num_rows),
            LOAD_ID: _constant(self.load_id, rows.num_rows),
        }
        for name, values in columns.items():
            rows = rows.append_column(name, values)
        return rows


def _constant(text: str, count: int) -> pa.DictionaryArray:
    """A text column of one value; Parquet gives it back as plain text."""
    return pa.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int8), pa.array([text], pa.string()))


class LandingParquet:
    """Files being written into a folder, on a thread of their own: a new one where the columns change.

    `paths` is whole, and the files are, when the context has been left. `settling` is told of their growth.
    """

    def __init__(self, folder: Path, settling: Settling | None = None) -> None:
        self.paths: list[Path] = []
        self._settling = settling
        self._folder = folder
        self._writer: pq.ParquetWriter | None = None
        self._thread = ThreadPoolExecutor(1)
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> "LandingParquet":
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._wait(0)
        finally:
            self._thread.shutdown()
            if self._writer is not None:
                self._writer.close()

    def write(self, rows: pa.Table) -> None:
        """Append rows as one row group. Returns at once where fewer than `_TABLES_HELD` tables wait to be
        written: reading goes on beside the writing."""
        self._wait(_TABLES_HELD - 1)
        self._pending.append(self._thread.submit(self._write, rows))

    def write_all(self, tables: Iterable[pa.Table]) -> list[Path]:
        """Append tables and finish; returns the files."""
        with self:
            for rows in tables:
                self.write(rows)
        return self.paths

    def _wait(self, count: int) -> None:
        """Until no more than so many tables are to be written."""
        while len(self._pending) > count:
            self._pending.popleft().result()

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None or self._writer.schema.names != rows.schema.names:
            if self._writer is not None:
                self._writer.close()
            path = self._folder / f"{len(self.paths):06}.parquet"
            self._writer = pq.ParquetWriter(
                path,
                rows.schema,
                compression={name: _COMPRESSION.get(name, "lz4") for name in rows.column_names},
                use_dictionary=[name for name in rows.column_names if _is_repeated(rows[name])],
                column_encoding={
                    name: "DELTA_BINARY_PACKED"  # row numbers: a tenth of their bytes
                    for name in rows.column_names
                    if pa.types.is_integer(rows.schema.field(name).type)
                },
                max_rows_per_page=1 << 20,  # pages of 1 MB, however many rows: a tenth of the time
                write_statistics=False,  # nothing reads a part of the rows
                store_schema=False,  # or plain text would come back as Arrow's dictionaries
            )
            self.paths.append(path)
        self._writer.write_table(rows)
        if self._settling is not None:
            self._settling.grown(self.paths[-1])


def _is_repeated(values: pa.ChunkedArray) -> bool:
    if pa.types.is_dictionary(values.type):
        return True
    if not pa.types.is_string(values.type):
        return False
    sample = values.slice(0, _SAMPLE_ROWS)
    return bool(pc.count_distinct(sample).as_py() <= _DISTINCT_SHARE * len(sample))
