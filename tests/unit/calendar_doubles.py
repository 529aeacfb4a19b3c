"""Ingests of calendars as the tests of their readers see them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.landing import IngestReport, completed_ingests, feed_states, ingest, landing_files
from orchestration.settings import Settings
from orchestration.sources.calendar.feeds import calendar_feeds
from orchestration.sources.transport import Caller, Limits
from orchestration.sources_file import SourceEntry

QUICK = Limits(connect_seconds=2, read_seconds=2, attempts=3, backoff_seconds=0.01, backoff_cap_seconds=0.02)


class Calendars:
    """One source instance that is ingested again and again, a minute apart unless told otherwise.

    `secrets`: environment variables to values; `said`: what was told of progress; `warnings`: of the last
    ingest.
    """

    def __init__(
        self, home: Path, now: datetime, secrets: Mapping[str, str] | None = None, **entry: Any
    ) -> None:
        self.settings = Settings(home=home, sources_file=home / "sources.yaml")
        self.entry = SourceEntry.model_validate({"name": "cal", "time_zone": "Europe/Berlin", **entry})
        self.now, self.secrets = now, dict(secrets or {})
        self.said: list[str] = []
        self.warnings: tuple[str, ...] = ()
        self.waited: list[float] = []

    def ingest(self, **later: float) -> dict[str, int]:
        """What an ingest did: landed, deleted, rejected and unchanged rows."""
        self.now += timedelta(**later) if later else timedelta(minutes=1)
        caller = Caller("cal", self.said.append, limits=QUICK, sleep=self.waited.append)
        state = feed_states(self.settings, "cal")
        feeds = calendar_feeds(self.entry, caller, now=self.now, state=state, secret=self.secrets.__getitem__)
        report: IngestReport = ingest(self.settings, self.entry, feeds, now=self.now)
        (item,) = report.objects
        self.warnings = item.warnings
        return {
            "landed": item.landed_rows,
            "deleted": item.deleted_rows,
            "rejected": item.rejected_rows,
            "unchanged": item.unchanged_rows,
        }

    def current(self, columns: str, order: str = "all") -> list[tuple[Any, ...]]:
        """The records that are not deleted, in their last landed version."""
        files = [
            str(path)
            for objects in landing_files(self.settings, completed_ingests(self.settings, "cal")).values()
            for paths in objects.values()
            for path in paths
        ]
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from (select * from read_parquet(?, union_by_name = true) qualify"
                " rank() over (partition by _record_key order by _loaded_at desc) = 1)"
                f" where _change = 'upsert' order by {order}",
                [files],
            ).fetchall()

    def landed_text(self) -> str:
        """Everything that reached landing or rejected/, to look for what must not be there."""
        texts = [path.read_text(encoding="utf-8") for path in self.settings.rejected.rglob("*.jsonl")]
        with duckdb.connect() as connection:
            for path in self.settings.landing.rglob("*.parquet"):
                texts.append(str(connection.execute("from read_parquet(?)", [str(path)]).fetchall()))
        return "\n".join(texts)


def ics(*events: str) -> bytes:
    """A calendar file of some VEVENT bodies."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", "DTSTAMP:20260101T000000Z", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*(line.strip() for line in lines), "END:VCALENDAR", ""]).encode()
