"""What is new: the records of a spool compared with the versions that landing already has.

Belongs here: SQL on DuckDB that finds the records to land and the tombstones. Works on keys and
hashes, so that memory does not grow with the width of the records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.lib.content_hash import hash_number_sql, quoted, text_literal
from orchestration.lib.landing_coverage import is_most, not_believed, take_covered
from orchestration.lib.landing_current import make_current, source_columns
from orchestration.lib.landing_parquet import LOAD_ID, LandingParquet
from orchestration.lib.landing_spool import KEPT_REJECTIONS, Spool, column_names
from orchestration.lib.landing_state import newest_sql
from orchestration.records import CUT_OFF, ObjectFeed

BATCH_ROWS = 1 << 18
_SPARE_COMPARISONS = 20_000_000


@dataclass(frozen=True)
class Difference:
    """The comparison of one object. `landed_rows` new or changed records, `deleted_rows` tombstones;
    `is_believed`: false for a complete listing that lacks too much to be one."""

    landed_rows: int
    deleted_rows: int
    is_complete: bool
    warnings: tuple[str, ...]
    is_believed: bool = True


class Comparison:
    """One object's spool against its landing files; its tables live in `connection` until dropped.

    The state that landing holds of a key is the set of contents of the newest load with that key. A
    key whose contents differ from that set lands with all its distinct contents, so that a record
    which goes A, B, A lands three times and one that a file holds twice lands once.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        spool: Spool,
        landed: Sequence[Path],
        *,
        accept_shrink: bool,
        number: int,
    ) -> None:
        self._connection, self._spool, self._landed = connection, spool, [str(path) for path in landed]
        self._paths = [str(path) for path in spool.paths]
        self._difference: Difference | None = None
        self._accept_shrink = accept_shrink
        self._returned_rows = 0
        self._is_believed = True
        self._tables = {
            name: f"{name}_{number}"
            for name in (
                "incoming",
                "wanted",
                "names",
                "current",
                "gone",
                "news",
                "rest",
                "newest",
                "returned",
            )
        }

    @property
    def _feed(self) -> ObjectFeed:
        return self._spool.feed

    def compare(self) -> Difference:
        """Find what to land; to be called once, before the two methods below."""
        if self._is_as_it_was():
            self._difference = Difference(0, 0, True, ())
            return self._difference
        # Then, where nothing has landed, all of them are new.
        is_plain = self._spool.are_keys_distinct
        if is_plain and not self._landed and not self._spool.deleted_keys and not self._spool.coverage:
            self._difference = Difference(self._spool.admitted_rows, 0, self._feed.is_complete, ())
            return self._difference
        self._make_incoming()
        self._returned_rows = make_current(self._connection, self._tables, self._spool, self._landed)
        is_plain = is_plain and not self._returned_rows
        is_complete, warnings = self._make_gone()
        news = (_PLAIN_NEWS if is_plain else _NEWS) if self._landed else _FIRST_NEWS
        self._run("create table {news} as " + news)
        counts = self._connection.execute(
            self._sql("select (select count(*) from {news}), (select count(*) from {gone})")
        ).fetchone()
        landed_rows, deleted_rows = counts or (0, 0)
        self._difference = Difference(
            int(landed_rows), int(deleted_rows), is_complete, tuple(warnings), self._is_believed
        )
        return self._difference

    def files(self, folder: Path) -> list[Path]:
        """Parquet files of what is to land: those of the spool themselves where all that they hold is
        new, else new ones in `folder`. At least one, or the columns would not be known."""
        if self._difference is None:
            raise RuntimeError("to be compared first")
        found: list[Path] = []
        is_all = self._difference.landed_rows == self._spool.admitted_rows and not self._spool.unchanged_rows
        if is_all and len(self._spool.paths) == 1 and (self._feed.key or not self._spool.admitted_rows):
            found.extend(self._spool.paths)
        else:
            if self._spool.paths:
                found.extend(LandingParquet(folder / "new").write_all(self.new_rows()))
            if self._returned_rows:  # also where the listing held nothing that does not stand
                found.extend(LandingParquet(folder / "returned").write_all(self.returned_rows()))
        if self._difference.deleted_rows:
            found.extend(LandingParquet(folder / "gone").write_all(self.tombstones()))
        return found

    def new_rows(self) -> Iterator[pa.Table]:
        """The records to land, in Arrow tables with landing's columns."""
        names = source_columns(self._connection, self._paths)
        columns = ", ".join(f"s.{quoted(name)}" for name in names)
        sql = (
            f"select {columns}{', ' if names else ''}s._source_system, s._source_instance,"
            " n.k as _record_key, s._record_hash, s._change, s._source_file, s._source_row, s._loaded_at,"
            f" s.{LOAD_ID} from (select *, {_SEQUENCE} as seq from {_SPOOLED}) s"
            f" join {self._tables['news']} n using (seq)"
        )
        yield from self._tables_of(sql, {"paths": self._paths})

    def returned_rows(self) -> Iterator[pa.Table]:
        """Contents that stand in landing and land again, because their key came with another one too."""
        stamp = self._spool.stamp
        names = source_columns(self._connection, self._landed)
        columns = "".join(f"l.{quoted(name)}, " for name in names)
        files = self._spool.feed.files
        file = text_literal(files[0]) if len(files) == 1 else "l._source_file"
        sql = (
            f"select {columns}l._source_system, l._source_instance, l._record_key, l._record_hash, l._change,"
            f" {file} as _source_file, r.listed_row::bigint as _source_row,"
            f" $loaded_at::timestamp as _loaded_at, {text_literal(stamp.load_id)} as {LOAD_ID}"
            f" from {self._tables['news']} n join {self._tables['returned']} r using (k, seq)"
            " join read_parquet($landed, union_by_name = true) l"
            f" on l._record_key = r.k and l._loaded_at = r.t and {hash_number_sql(is_key=False)} = r.h"
        )
        yield from self._tables_of(sql, {"landed": self._landed, "loaded_at": stamp.loaded_at})

    def tombstones(self) -> Iterator[pa.Table]:
        """One row per deleted key: the key's columns filled as they were last landed, the rest null."""
        stamp = self._spool.stamp
        present = {name.lower() for name in column_names(self._connection, [Path(f) for f in self._landed])}
        keys = [name for name in self._feed.key if name.lower() in present]
        columns = "".join(f"any_value(l.{quoted(name)}) as {quoted(name)}, " for name in keys)
        sql = (
            f"select {columns}{text_literal(self._feed.system)} as _source_system,"
            f" {text_literal(stamp.source_instance)} as _source_instance, g.k as _record_key,"
            " cast(null as varchar) as _record_hash, 'delete' as _change,"
            " cast(null as varchar) as _source_file, cast(null as bigint) as _source_row,"
            f" $loaded_at::timestamp as _loaded_at, {text_literal(stamp.load_id)} as {LOAD_ID}"
            f" from {self._tables['gone']} g join read_parquet($landed, union_by_name = true) l"
            " on l._record_key = g.k and l._change = 'upsert' group by g.k"
        )
        yield from self._tables_of(sql, {"landed": self._landed, "loaded_at": stamp.loaded_at})

    def drop(self) -> None:
        """Free the comparison's tables."""
        for table in self._tables.values():
            self._connection.execute(f"drop table if exists {table}")

    def _is_as_it_was(self) -> bool:
        """Whether a listing gave all that holds and nothing else: nothing is left to be compared."""
        standing, spool = self._spool.standing, self._spool
        if standing is None or spool.deleted_keys or spool.admitted_rows > spool.unchanged_rows:
            return False
        return standing.are_all_seen()

    def _make_incoming(self) -> None:
        """(k, h, seq) of every admitted record. Where the object has no key, equal records are told
        apart by their number: hash#1, hash#2."""
        key = (
            "_record_key"
            if self._feed.key
            else f"_record_hash || '#' || row_number() over (partition by _record_hash order by {_SEQUENCE})"
        )
        number = hash_number_sql(is_key=not self._feed.key)
        source = f"select {key} as k, {number} as h, {_SEQUENCE} as seq from {_SPOOLED}"
        if not self._paths:
            source = "select null::varchar as k, null::uhugeint as h, null::bigint as seq where false"
        self._run("create table {incoming} as " + source, {"paths": self._paths} if self._paths else None)

    def _make_gone(self) -> tuple[bool, list[str]]:
        """Keys to be given a tombstone: what the source says is deleted, and what a complete listing
        lacks. Returns whether the listing counts as complete, and the warnings."""
        self._run("create table {gone} (k varchar)")
        if self._spool.deleted_keys:
            self._connection.register("said_deleted", self._spool.said_deleted())
            self._run(
                "insert into {gone} select k from {current} where not is_deleted and k in"
                " (select k from said_deleted)"
            )
            self._run("delete from {incoming} where k in (select k from said_deleted)")
            self._connection.unregister("said_deleted")
        known = "from {current} c where not is_deleted and k not in (select k from {gone})"
        if not self._feed.is_complete:
            return take_covered(
                self._connection,
                self._tables,
                self._spool.coverage,
                self._spool.files,
                accept_shrink=self._accept_shrink,
            )
        if self._feed.keeps_missing:
            return True, []
        known = f"{known} and is_within"
        vanished = f"{known} and not exists (select 1 from {{incoming}} i where i.k = c.k)"
        (lost,) = self._one("select count(*) " + vanished)
        if not lost:
            return True, []
        (known_count,) = self._one("select count(*) " + known)
        if self._spool.standing is not None:  # then `current` lacks those that stand unchanged
            known_count = self._known_in_all()
        if self._is_cut_short(known_count, lost):
            self._is_believed = False
            again = "; until then every ingest asks for all of them again" if self._feed.state else ""
            return False, [not_believed(lost, known_count) + again]
        if self._spool.rejected_records:
            return self._spare(vanished, lost)
        self._run("insert into {gone} select k " + vanished)
        return True, []

    def _known_in_all(self) -> int:
        (count,) = self._connection.execute(
            self._sql("select count(distinct k) - (select count(*) from {gone})")
            + f" from ({newest_sql(hash_of_key=True)}) where c = 'upsert'",
            {"landed": self._landed},
        ).fetchone() or (0,)
        return int(count)

    def _is_cut_short(self, known: int, lost: int) -> bool:
        if self._accept_shrink:
            return False
        is_empty = self._spool.admitted_rows == 0
        return is_empty or is_most(lost, known)

    def _spare(self, vanished: str, lost: int) -> tuple[bool, list[str]]:
        """Rejected rows exist, so what vanished may be among them: a key that one of them mentions, or that
        came from a file which was rejected whole, is not taken for deleted. Where a file was cut off, only
        what came from one that was read to its end is: a file may bear the date of its export in its name."""
        rejections = self._spool.rejections
        is_countable = self._feed.key and self._spool.rejected_records <= KEPT_REJECTIONS
        if not is_countable or lost * len(rejections) > _SPARE_COMPARISONS:
            return False, [
                f"{lost:,} known records are missing and {self._spool.rejected_records:,} rows were rejected,"
                " which may be among them; nothing was taken for deleted"
            ]
        texts = pa.table(
            {
                "record": [item.record for item in rejections],
                "whole_file": [item.file if item.row == 0 else None for item in rejections],
            },
            schema=pa.schema([("record", pa.string()), ("whole_file", pa.string())]),
        )
        cut_off = sorted({item.file for item in rejections if item.code in CUT_OFF})
        to_the_end = pa.table({"f": pa.array([f for f in self._feed.files if f not in cut_off], pa.string())})
        self._connection.register("files_to_the_end", to_the_end)
        self._connection.register("rejected_texts", texts)
        mentioned = "contains(record, k)"
        if len(self._feed.key) > 1:
            mentioned = (
                "len(list_filter(string_split(k, '|'), lambda p: p <> '' and contains(record, p))) > 0"
            )
        is_read = "c.source_file in (select f from files_to_the_end)" if cut_off else "true"
        self._run(
            f"insert into {{gone}} select k {vanished} and {is_read} and not exists (select 1"
            f" from rejected_texts where {mentioned} or whole_file = c.source_file)"
        )
        self._connection.unregister("rejected_texts")
        self._connection.unregister("files_to_the_end")
        (spared,) = self._one(f"select count(*) {vanished}")  # what is left was not put into `gone`
        if not spared:
            return True, []
        where = "rejected rows mention them"
        if cut_off:
            where = f"what is missing of {', '.join(cut_off)} may hold them"
        return False, [f"{spared:,} missing records were not taken for deleted: {where}"]

    def _tables_of(self, sql: str, parameters: dict[str, object]) -> Iterator[pa.Table]:
        # A cursor of its own: several objects are read in turns.
        with self._connection.cursor() as cursor:
            reader = cursor.execute(sql, parameters).to_arrow_reader(BATCH_ROWS)
            yield reader.schema.empty_table()  # without rows it still carries the columns
            for batch in reader:
                yield pa.Table.from_batches([batch])

    def _one(self, sql: str) -> tuple[int, ...]:
        return self._connection.execute(self._sql(sql)).fetchone() or (0,)

    def _run(self, sql: str, parameters: dict[str, object] | None = None) -> None:
        self._connection.execute(self._sql(sql), parameters)

    def _sql(self, template: str) -> str:
        return template.format(**self._tables)


# The records of a spool, and the position of each in what the source sent.
_SPOOLED = "read_parquet($paths, union_by_name = true, filename = true, file_row_number = true)"
_SEQUENCE = f"(list_position($paths, filename) - 1)::bigint * {1 << 40} + file_row_number"
# Nothing has landed: whatever arrived is new.
_FIRST_NEWS = "select k, max(seq) as seq from {incoming} group by k, h"
# Every key comes once: each record is all that arrived of its key.
_PLAIN_NEWS = """
    select i.k, i.seq from {incoming} i left join {current} c using (k)
    where c.k is null or c.is_deleted or c.signature <> i.h or c.contents <> 1
"""
_NEWS = """
    with versions as (select k, h, max(seq) as seq from {incoming} group by k, h),
    arrived as (select k, bit_xor(h) as signature, count(*) as contents from versions group by k),
    changed as (
        select a.k from arrived a left join {current} c using (k)
        where c.k is null or c.is_deleted or c.signature <> a.signature or c.contents <> a.contents
    )
    select v.k, v.seq from versions v join changed using (k)
"""
