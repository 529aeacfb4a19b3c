"""What landing holds of an object today, as hashes in memory, and which of it a listing gives again.

Belongs here: telling an unchanged record while it is read, so that it is neither written nor compared. It
works where a feed lists everything and its records have keys. What is changed, new or gone among the others
is `landing_diff`.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.content_hash import hash_number_sql, other_hash_sql
from orchestration.records import ObjectFeed

# Twelve bytes each, so 192 MB. Beyond it all records are written and compared on disk.
MOST_HASHES = 16_000_000


class StandingContents:
    """The contents of the records that hold today, by the hash of each, which covers its key too."""

    def __init__(self, hashes: np.ndarray) -> None:
        hashes.sort()
        self._hashes = hashes
        self._rows = np.zeros(len(self._hashes), np.int32)  # of the listing; 0: not seen

    def take(self, hashes: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Which of some records stand unchanged, as booleans; remembers them. `rows`: their row numbers."""
        order = np.argsort(hashes)  # neighbours are found in the cache: a quarter of the time at 4 M
        places = np.empty(len(hashes), np.intp)
        places[order] = np.searchsorted(self._hashes, hashes[order])
        places[places == len(self._hashes)] = 0
        is_known = self._hashes[places] == hashes
        self._rows[places[is_known]] = rows[is_known]
        return is_known

    def are_all_seen(self) -> bool:
        """Whether the listing gave every one of them."""
        return bool(self._rows.all())

    def seen(self) -> pa.Table:
        """Those that the listing gave: `h`, the hash, and `listed_row`, where it was last."""
        is_seen = self._rows != 0
        return pa.table({"h": self._hashes[is_seen], "listed_row": self._rows[is_seen]})


def standing_contents(
    connection: duckdb.DuckDBPyConnection, feed: ObjectFeed, landed: Sequence[Path]
) -> StandingContents | None:
    """What of an object holds today; None where comparing while reading would not do: the feed does not list
    everything, has no keys, speaks for a span only, nothing or too much has landed, or by other hashes."""
    if not (landed and feed.key and feed.is_complete and not feed.listed_between):
        return None
    most = sum(pq.read_metadata(path).num_rows for path in landed)
    if most > MOST_HASHES:
        return None
    hashes, count = np.empty(most, np.uint64), 0  # filled piece by piece, or all would be there twice
    reader = connection.execute(
        f"select h from ({newest_sql(hash_of_key=True)}) where c = 'upsert'",
        {"landed": [str(path) for path in landed]},
    ).to_arrow_reader(1 << 17)
    for batch in reader:
        if batch["h"].null_count:
            return None
        hashes[count : count + batch.num_rows] = batch["h"].to_numpy()
        count += batch.num_rows
    return StandingContents(hashes[:count]) if count else None


def newest_sql(
    *,
    hash_of_key: bool = False,
    number: str | None = None,
    within: str = "true",
    keys: str | None = None,
) -> str:
    """SQL of the landed records of the newest load with each key: k (`hash_of_key`: 64 bits of it), h (the
    content's hash by `number`; by default null where it was made in another way than today's), c, t, f
    and is_within, the condition `within`. `keys`: of those keys alone that this table has as k. Parameter
    `landed`."""
    only = f"where _record_key in (select k from {keys})" if keys else ""
    key = "hash(_record_key)" if hash_of_key else "_record_key"
    number = number or f"case when not ({other_hash_sql()}) then {hash_number_sql(is_key=False)} end"
    # Few keys of a first export come again: cheaper to drop those than to look for every newest.
    return f"""
        with landed as not materialized (
            select {key} as k, {number} as h, _change as c, _loaded_at as t, _source_file as f,
                {within} as is_within
            from read_parquet($landed, union_by_name = true) {only}
        ),
        later as (select k, max(t) as t from landed where t > (select min(t) from landed) group by k)
        select landed.* from landed left join later using (k) where later.t is null or later.t = landed.t
    """
