"""Where an object's records wait until it is known which of them are new.

Belongs here: admitted batches on disk in bounded memory, the rejected rows and the object's counts so
far. Which records are new is `landing_diff`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.key_hashes import KeyHashes
from orchestration.lib.landing_parquet import LandingParquet, Stamp
from orchestration.lib.landing_settle import Settling
from orchestration.lib.landing_state import StandingContents
from orchestration.lib.row_boundary import admit, as_text_columns
from orchestration.progress import NowAndThen
from orchestration.records import NO_RECORDS, SOURCE_FILE, Batch, Coverage, ObjectFeed, Rejected

# Batches go through the row boundary together up to these bounds: its SQL costs some 10 ms each
# time, which for the 100 rows of an API's page was most of what they cost.
ADMISSION_ROWS = 1 << 17
ADMISSION_BYTES = 64 << 20
# Batches of fewer rows than this are joined into one before: each costs more than the copy.
SMALL_ROWS = 4096
# Of so many rejected rows the text is kept, to spare records that they may be; see `landing_diff`.
KEPT_REJECTIONS = 1000


@dataclass
class Spool:
    """One object under way. `paths`: Parquet files with the admitted records that are not known to stand
    unchanged, in the order in which the source sent them, as they are to land if all of them are new."""

    feed: ObjectFeed
    stamp: Stamp
    folder: Path
    spellings: dict[str, str]  # lower case to the name as landing already has it
    standing: StandingContents | None = None  # what of landing is looked for while records are read
    settling: Settling | None = None  # where nothing has landed, so that the files may land as they are
    paths: list[Path] = field(default_factory=list)
    admitted_rows: int = 0  # unchanged ones too
    unchanged_rows: int = 0
    rejected_rows: int = 0
    rejected_records: int = 0  # of these, without what is certain to be no record
    rejections: list[Rejected] = field(default_factory=list)  # the first `KEPT_REJECTIONS`
    deleted_keys: list[str] = field(default_factory=list)
    damaged_keys: int = 0
    damaged_example: str | None = None
    warnings: list[str] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    files: set[str] = field(default_factory=set)  # with admitted rows, where coverage may speak of files
    # Whether the object has a key, and no two of the records that are kept have the same one. By 64 bits of
    # each: False, very seldom, where two different keys share them.
    are_keys_distinct: bool = False
    _key_hashes: KeyHashes = field(init=False)  # of the records that are kept

    def __post_init__(self) -> None:
        self._key_hashes = KeyHashes(self.folder / "keys")

    @property
    def source(self) -> str:
        return self.stamp.source_instance

    @property
    def rejected_path(self) -> Path:
        return self.folder / "rejected.jsonl"

    @property
    def is_about_all(self) -> bool:
        """Whether the source spoke of all its records: what it lacks matters then, not only what it has."""
        return self.feed.is_complete or any("" in part.complete for part in self.coverage)

    def said_deleted(self) -> pa.Table:
        """Keys that the source itself says are gone, as `k`."""
        return pa.table({"k": pa.array(self.deleted_keys, pa.string())})

    def fill(self, connection: duckdb.DuckDBPyConnection, progress: Callable[[str], None]) -> None:
        """Read the feed to its end, telling now and then how far that is. Raises PipelineError as the
        source and the row boundary do."""
        self.folder.mkdir(parents=True)
        # Reading and writing have threads of their own; a group of rows is too small for two to share.
        connection.execute("set threads = 1")
        self.warnings.extend(self.feed.warnings)
        files = LandingParquet(self.folder / "records", self.settling)
        with self.rejected_path.open("w", encoding="utf-8") as rejected, files:
            together: list[pa.Table] = []
            rows = size = read_rows = 0
            now_and_then = NowAndThen(progress)
            for count, batch in enumerate(self.feed.batches, start=1):
                read_rows += batch.rows.num_rows + len(batch.rejected)
                so_far = f"{read_rows:,} rows in {count:,} batches so far, {self.rejected_rows:,} rejected"
                now_and_then(f"{self.source}: {self.feed.object}: {so_far}")
                self._reject(batch.rejected, rejected)
                self.deleted_keys.extend(batch.deleted)
                if batch.coverage != Coverage():
                    self.coverage.append(batch.coverage)
                self.warnings.extend(text for text in batch.warnings if text not in self.warnings)
                together.append(as_text_columns(self._spelled(batch.rows), self.feed, self.source))
                rows, size = rows + batch.rows.num_rows, size + batch.rows.nbytes
                if rows >= ADMISSION_ROWS or size >= ADMISSION_BYTES:
                    self._admit(connection, together, rejected, files)
                    rows = size = 0
            self._admit(connection, together, rejected, files)
            # Here, while the last records are being written.
            self.are_keys_distinct = bool(self.feed.key) and self._key_hashes.are_distinct()
        connection.execute("reset threads")
        self.paths = files.paths
        if self.damaged_keys:
            self.warnings.append(
                f"{self.damaged_keys} keys look as if they had been taken for numbers, for example"
                f" {self.damaged_example}: different records may have become one"
            )

    def _admit(
        self,
        connection: duckdb.DuckDBPyConnection,
        together: list[pa.Table],
        rejected: TextIO,
        files: LandingParquet,
    ) -> None:
        """Let the gathered rows through the row boundary; empties the list."""
        if not together:
            return
        rows = pa.concat_tables(together, promote_options="default")
        if rows.num_rows < len(together) * SMALL_ROWS:
            rows = rows.combine_chunks()
        together.clear()
        admitted = admit(connection, self.feed, Batch(rows), self.source, self.standing)
        self.unchanged_rows += admitted.unchanged_rows
        self.admitted_rows += admitted.unchanged_rows
        if admitted.rows.num_rows or self.standing is None:  # else landing knows the columns
            self._keep(admitted.rows, files)
        self._key_hashes.add(admitted.key_hashes)
        self._reject(admitted.rejected, rejected)
        refused_files = tuple(dict.fromkeys(item.file for item in admitted.rejected))
        if refused_files:  # a file of which the row boundary refused a row is incomplete
            self.coverage.append(Coverage(incomplete=refused_files))
        self.damaged_keys += admitted.damaged_keys
        self.damaged_example = self.damaged_example or admitted.damaged_example

    def _reject(self, items: Sequence[Rejected], rejected: TextIO) -> None:
        rejected.writelines(self._rejected_line(item) for item in items)
        self.rejected_rows += len(items)
        records = [item for item in items if item.code not in NO_RECORDS]
        self.rejected_records += len(records)
        self.rejections.extend(records[: KEPT_REJECTIONS - len(self.rejections)])

    def _spelled(self, rows: pa.Table) -> pa.Table:
        """Columns spelled as in landing: SQL sees no difference between Id and ID, Parquet does."""
        return rows.rename_columns(
            [self.spellings.setdefault(name.lower(), name) for name in rows.column_names]
        )

    def _keep(self, rows: pa.Table, files: LandingParquet) -> None:
        if not self.feed.is_complete:
            self.files.update(pc.unique(rows[SOURCE_FILE]).to_pylist())
        files.write(self.stamp.on_records(rows, self.feed.system))
        self.admitted_rows += rows.num_rows

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
