"""Feeds and settings for the tests of landing."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.lib.landing import IngestReport, completed_ingests, ingest, landing_files
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed, Rejected
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry

Rows = Sequence[dict[str, str | None]]
START = datetime(2026, 1, 1, tzinfo=UTC)


def batch(
    rows: Rows, columns: Sequence[str] = ("Id", "Name"), rejected: Iterable[Rejected] = (), **more: Any
) -> Batch:
    """A batch as a reader makes it; rows count from 1."""
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    table = table.append_column(SOURCE_FILE, pa.array(["f.csv"] * len(rows), pa.string()))
    table = table.append_column(SOURCE_ROW, pa.array(range(1, len(rows) + 1), pa.int64()))
    return Batch(table, tuple(rejected), **more)


def feed(batches: Iterable[Batch], **more: Any) -> ObjectFeed:
    """A complete listing of Salesforce leads, keyed by Id, unless told otherwise."""
    facts = {
        "system": "salesforce",
        "object": "Lead",
        "key": ("Id",),
        "is_complete": True,
        "files": ("f.csv",),
    }
    return ObjectFeed(batches=iter(batches), **(facts | more))


class Source:
    """One source instance that is ingested hour after hour."""

    def __init__(self, home: Path, name: str = "crm", **more: Any) -> None:
        self.settings = Settings(home=home, sources_file=home / "sources.yaml")
        facts = {"name": name, "system": "salesforce", "path": home}
        self.entry = SourceEntry.model_validate(facts | more)
        self.now = START

    def ingest(self, *feeds: ObjectFeed) -> IngestReport:
        self.now += timedelta(hours=1)
        return ingest(self.settings, self.entry, iter(feeds), now=self.now)

    def leads(self, rows: Rows, **more: Any) -> dict[str, Any]:
        """Ingest a listing of leads; the ledger's figures for it."""
        report = self.ingest(feed([batch(rows)], **more)).to_dict()
        (figures,) = report["objects"]
        assert figures["read_rows"] == figures["unchanged_rows"] + figures["extracted_rows"]
        assert figures["extracted_rows"] == figures["landed_rows"] + figures["rejected_rows"]
        return dict(figures)

    def landed(
        self, columns: str = "*", name: str = "Lead", system: str = "salesforce"
    ) -> list[tuple[Any, ...]]:
        """Rows of all files that the ledger vouches for, oldest load first."""
        ingests = completed_ingests(self.settings, self.entry.name)
        files = [str(path) for path in landing_files(self.settings, ingests).get(system, {}).get(name, [])]
        if not files:
            return []
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from read_parquet(?, union_by_name = true)"
                " order by _loaded_at, _source_row, _record_key",
                [files],
            ).fetchall()

    def changes(self) -> list[tuple[str, str, str | None]]:
        """(key, change, Name) of every landed version."""
        return self.landed('_record_key, _change, "Name"')


def many(count: int, first: int = 1) -> list[dict[str, str | None]]:
    """Records with keys that follow on each other."""
    return [{"Id": f"{number:04}", "Name": "n"} for number in range(first, first + count)]
