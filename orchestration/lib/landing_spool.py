"""Where an object's records wait until it is known which of them are new.

Belongs here: admitted batches on disk in bounded memory, the rejected rows and the object's counts so
far. Which records are new is `landing_diff`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.lib.row_boundary import admit, as_text_columns
from orchestration.records import SOURCE_FILE, Batch, Coverage, ObjectFeed, Rejected

SEQUENCE = "_sequence"  # position of a record in what the source sent
FLUSH_ROWS = 1 << 18
# Batches go through the row boundary together up to these bounds: its SQL costs some 10 ms each
# time, which for the 100 rows of an API's page was most of what they cost.
ADMISSION_ROWS = 1 << 16
ADMISSION_BYTES = 64 << 20
# Of so many rejected rows the text is kept, to spare records that they may be; see `landing_diff`.
KEPT_REJECTIONS = 1000


@dataclass
class Spool:
    """One object under way. `paths`: Parquet files with the admitted records and `_sequence`."""

    feed: ObjectFeed
    source: str
    folder: Path
    spellings: dict[str, str]  # lower case to the name as landing already has it
    paths: list[Path] = field(default_factory=list)
    admitted_rows: int = 0
    rejected_rows: int = 0
    rejections: list[Rejected] = field(default_factory=list)  # the first `KEPT_REJECTIONS`
    deleted_keys: list[str] = field(default_factory=list)
    damaged_keys: int = 0
    damaged_example: str | None = None
    warnings: list[str] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    files: set[str] = field(default_factory=set)  # with admitted rows, where coverage may speak of files
    _waiting: list[pa.Table] = field(default_factory=list)

    @property
    def rejected_path(self) -> Path:
        return self.folder / "rejected.jsonl"

    def fill(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read the feed to its end. Raises PipelineError as the source and the row boundary do."""
        self.folder.mkdir(parents=True)
        self.warnings.extend(self.feed.warnings)
        with self.rejected_path.open("w", encoding="utf-8") as rejected:
            together: list[pa.Table] = []
            rows = size = 0
            for batch in self.feed.batches:
                self._reject(batch.rejected, rejected)
                self.deleted_keys.extend(batch.deleted)
                if batch.coverage != Coverage():
                    self.coverage.append(batch.coverage)
                self.warnings.extend(text for text in batch.warnings if text not in self.warnings)
                together.append(as_text_columns(self._spelled(batch.rows), self.feed, self.source))
                rows, size = rows + batch.rows.num_rows, size + batch.rows.nbytes
                if rows >= ADMISSION_ROWS or size >= ADMISSION_BYTES:
                    self._admit(connection, together, rejected)
                    rows = size = 0
            self._admit(connection, together, rejected)
        self._flush()
        if self.damaged_keys:
            self.warnings.append(
                f"{self.damaged_keys} keys look as if they had been taken for numbers, for example"
                f" {self.damaged_example}: different records may have become one"
            )

    def _admit(
        self, connection: duckdb.DuckDBPyConnection, together: list[pa.Table], rejected: TextIO
    ) -> None:
        """Let the gathered rows through the row boundary; empties the list."""
        if not together:
            return
        rows = pa.concat_tables(together, promote_options="default").combine_chunks()
        together.clear()
        admitted = admit(connection, self.feed, Batch(rows), self.source)
        self._keep(admitted.rows)
        self._reject(admitted.rejected, rejected)
        refused_files = tuple(dict.fromkeys(item.file for item in admitted.rejected))
        if refused_files:  # a file of which the row boundary refused a row is incomplete
            self.coverage.append(Coverage(incomplete=refused_files))
        self.damaged_keys += admitted.damaged_keys
        self.damaged_example = self.damaged_example or admitted.damaged_example

    def _reject(self, items: Sequence[Rejected], rejected: TextIO) -> None:
        rejected.writelines(self._rejected_line(item) for item in items)
        self.rejected_rows += len(items)
        self.rejections.extend(items[: KEPT_REJECTIONS - len(self.rejections)])

    def _spelled(self, rows: pa.Table) -> pa.Table:
        """Columns spelled as in landing: SQL sees no difference between Id and ID, Parquet does."""
        return rows.rename_columns(
            [self.spellings.setdefault(name.lower(), name) for name in rows.column_names]
        )

    def _keep(self, rows: pa.Table) -> None:
        if not self.feed.is_complete:
            self.files.update(pc.unique(rows[SOURCE_FILE]).to_pylist())
        first = self.admitted_rows
        numbers = pa.array(np.arange(first, first + rows.num_rows, dtype=np.int64))
        self._waiting.append(rows.append_column(SEQUENCE, numbers))
        self.admitted_rows += rows.num_rows
        if sum(table.num_rows for table in self._waiting) >= FLUSH_ROWS or len(self._waiting) >= 256:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        path = self.folder / f"{len(self.paths):06}.parquet"
        pq.write_table(pa.concat_tables(self._waiting, promote_options="default"), path, compression="lz4")
        self.paths.append(path)
        self._waiting.clear()

    def _rejected_line(self, item: Rejected) -> str:
        where = {"source_instance": self.source, "system": self.feed.system, "object": self.feed.object}
        return json.dumps({**where, **asdict(item)}, ensure_ascii=False) + "\n"


def column_names(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[str]:
    """Columns of some Parquet files taken together; none where there are no files."""
    if not paths:
        return []
    files = [str(path) for path in paths]
    found = connection.execute("describe select * from read_parquet(?, union_by_name = true)", [files])
    return [row[0] for row in found.fetchall()]
