"""6b: HubSpot's pages landed, against the shortest road from the same bytes over Arrow to Parquet.

Belongs here: the road of an API, from the bytes of an answer through the real connector to landing,
without a network.
"""

import json
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from bench.timing import alternate, ratios
from orchestration.crm_accounts import HubspotAccount
from orchestration.lib.landing import ingest
from orchestration.records import ObjectFeed
from orchestration.settings import Settings
from orchestration.sources.crm.hubspot_api import hubspot_feeds
from orchestration.sources.crm.windows import ApiRun
from orchestration.sources.http_values import parsed_json
from orchestration.sources.transport import Caller, RequestFailed, Transport
from orchestration.sources_file import SourceEntry

AIM = 0.15  # of the speed of pages made Arrow and written directly
PAGE = 100  # HubSpot's own
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PROPERTIES = (
    "email", "firstname", "lastname", "company", "jobtitle", "phone", "lifecyclestage", "hs_lead_status",
    "hubspot_owner_id", "createdate", "lastmodifieddate", "hs_analytics_source", "num_notes", "city",
    "country", "website",
)  # fmt: skip


class PagesInMemory:
    """HubSpot's answers about its contacts, as bytes; every other object is closed to the token."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        starts = range(0, len(records), PAGE)
        self.bodies = [_bytes({"results": records[start : start + PAGE]}) for start in starts]
        self._listings = [
            _bytes(
                {
                    "results": [{"id": record["id"]} for record in records[start : start + PAGE]],
                    "paging": {"next": {"after": str(number)}} if start + PAGE < len(records) else {},
                }
            )
            for number, start in enumerate(starts, start=1)
        ]
        self.asked = 0

    def get(self, path: str, **params: Any) -> Any:
        """The answer to a GET, parsed as the real transport does."""
        match path.strip("/").split("/")[2:]:
            case ["objects", "contacts"] if params.get("archived") != "true":
                return parsed_json(self._listings[int(params.get("after") or 0)])
            case ["objects", name] if name != "contacts":
                raise RequestFailed("closed", "", 403, "")
            case ["properties", _]:
                return {"results": [{"name": name} for name in _PROPERTIES]}
        return {"results": []}

    def post(self, path: str, body: Any, **_: Any) -> Any:
        """The answer to a POST: the next page of contacts, or no associations and no history."""
        if not path.endswith("/contacts/batch/read") or body.get("propertiesWithHistory"):
            return {"results": []}
        self.asked += 1
        return parsed_json(self.bodies[self.asked - 1])


def measure(work: Path, *, rows: int, repeats: int) -> dict[str, Any]:
    """Time a first landing of `rows` contacts by pages of 100 against the shortest road from the same
    bytes to Parquet, on which the aim is judged, and against Arrow columns that are already in memory:
    less than parsing the JSON takes, so a bound that no API's road can come near."""
    records = list(_contacts(rows))
    pages = PagesInMemory(records)
    flat = [{"id": record["id"], **record["properties"]} for record in records]
    table = pa.Table.from_pylist(flat)
    del flat, records
    home = work / "home"
    _land(PagesInMemory(list(_contacts(PAGE))), home)
    timed = alternate(
        {
            "Arrow to Parquet": lambda: pq.write_table(table, work / "direct.parquet"),
            "JSON to Arrow to Parquet": lambda: _direct(pages.bodies, work / "direct.parquet"),
            "first landing": lambda: _land(pages, home),
        },
        repeats,
    )
    landed = timed["first landing"]
    return {
        "rows": rows,
        "page_rows": PAGE,
        "columns": len(_PROPERTIES) + 4,
        "aim_of_arrow_speed": AIM,
        "of_arrow_speed_wall": ratios(timed["Arrow to Parquet"].wall, landed.wall),
        "of_arrow_speed_cpu": ratios(timed["Arrow to Parquet"].cpu, landed.cpu),
        "of_json_arrow_speed_wall": ratios(timed["JSON to Arrow to Parquet"].wall, landed.wall),
        "of_json_arrow_speed_cpu": ratios(timed["JSON to Arrow to Parquet"].cpu, landed.cpu),
        "timed": [item.to_dict() for item in timed.values()],
    }


def _land(pages: PagesInMemory, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    pages.asked = 0
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    section = {"token_env": "UNUSED"}
    account = HubspotAccount.model_validate(section)
    entry = SourceEntry.model_validate({"name": "hub", "system": "hubspot", "hubspot_api": section})
    run = ApiRun(Caller("hub", lambda _: None), NOW, {}, Settings.secret)
    feeds = cast(Generator[ObjectFeed, None, None], hubspot_feeds(account, run, cast(Transport, pages)))
    with closing(feeds):
        report = ingest(settings, entry, feeds, now=NOW)
    landed = sum(item.landed_rows for item in report.objects)
    if landed < len(pages.bodies):
        raise RuntimeError(f"only {landed} contacts landed")


def _direct(bodies: Sequence[bytes], target: Path) -> None:
    tables = [
        pa.Table.from_pylist(
            [{"id": record["id"], **record["properties"]} for record in json.loads(body)["results"]]
        )
        for body in bodies
    ]
    pq.write_table(pa.concat_tables(tables, promote_options="default"), target)


def _contacts(rows: int) -> Iterator[dict[str, Any]]:
    for number in range(rows):
        created = _time(number * 61)
        modified = _time(number * 67)
        values = (
            f"user{number}@company{number % 4000}.example", ("Ann", "Björn", "Chloé")[number % 3],
            ("Smith", "Müller", "Nguyen", "García")[number % 4], f"Company {number % 4000}, Inc.",
            ("Head of Sales", "CFO", "Buyer")[number % 3], f"+49 30 {number:07}",
            ("lead", "customer", "opportunity")[number % 3], ("NEW", "OPEN", None)[number % 3],
            str(number % 40), created, modified, "ORGANIC_SEARCH", str(number % 9),
            ("Berlin", "Paris", None)[number % 3], "Germany", f"company{number % 4000}.example",
        )  # fmt: skip
        yield {
            "id": str(1_000_000 + number),
            "properties": dict(zip(_PROPERTIES, values, strict=True)),
            "createdAt": created,
            "updatedAt": modified,
            "archived": False,
        }


def _time(seconds: int) -> str:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def _bytes(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
