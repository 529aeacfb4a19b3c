"""Where an object's records wait until it is known which of them are new.

Belongs here: admitted batches on disk in bounded memory, the rejected rows and the object's counts so
far. Which records are new is `landing_diff`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.lib.row_boundary import admit
from orchestration.records import SOURCE_FILE, Batch, Coverage, ObjectFeed, Rejected

SEQUENCE = "_sequence"  # position of a record in what the source sent
FLUSH_ROWS = 1 << 18
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
        example = None
        with self.rejected_path.open("w", encoding="utf-8") as rejected:
            for batch in self.feed.batches:
                admitted = admit(connection, self.feed, self._spelled(batch), self.source)
                self._keep(admitted.rows)
                for item in admitted.rejected:
                    rejected.write(self._rejected_line(item))
                self.rejected_rows += len(admitted.rejected)
                self.rejections.extend(admitted.rejected[: KEPT_REJECTIONS - len(self.rejections)])
                self.deleted_keys.extend(batch.deleted)
                self._cover(batch, admitted.rejected[len(batch.rejected) :])
                self.damaged_keys += admitted.damaged_keys
                example = example or admitted.damaged_example
                self.warnings.extend(text for text in batch.warnings if text not in self.warnings)
        self._flush()
        if self.damaged_keys:
            self.warnings.append(
                f"{self.damaged_keys} keys look as if they had been taken for numbers, for example {example}:"
                " different records may have become one"
            )

    def _spelled(self, batch: Batch) -> Batch:
        """Columns spelled as in landing: SQL sees no difference between Id and ID, Parquet does."""
        names = [self.spellings.setdefault(name.lower(), name) for name in batch.rows.column_names]
        return replace(batch, rows=batch.rows.rename_columns(names))

    def _cover(self, batch: Batch, refused: Sequence[Rejected]) -> None:
        """Note what the batch speaks for; a file of which the row boundary refused a row is incomplete."""
        refused_files = tuple(dict.fromkeys(item.file for item in refused))
        if batch.coverage != Coverage():
            self.coverage.append(batch.coverage)
        if refused_files:
            self.coverage.append(Coverage(incomplete=refused_files))

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
        pq.write_table(pa.concat_tables(self._waiting, promote_options="default"), path, compression="zstd")
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
