"""Pipedrive through its API: version 2 where it has the object, version 1 for users, leads and `flow`.

Belongs here: which objects there are, how each is listed, paging. The cursor is `windows`.

Pipedrive lists no deletions but those of deals (for 30 days), so everything is listed completely every
day: what is missing then has been deleted.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestration.catalog import objects_of
from orchestration.crm_accounts import PipedriveAccount
from orchestration.errors import PipelineError
from orchestration.records import Batch, ObjectFeed
from orchestration.sources.crm.windows import ApiRun, Window, moment_of, open_window
from orchestration.sources.json_rows import Ids, PageTokens, Tally, as_text, field
from orchestration.sources.transport import RequestFailed, Transport
from orchestration.sources.transport_auth import Token

_PAGE = 500
# Listings of version 1 count positions: a record deleted meanwhile moves the rest forward, past the page.
_OVERLAP_ROWS = 50
_GONE = (404, 410)
_ALL_FLOW_DAYS = 90  # one request per deal
# Version 2 leaves some fields out unless asked. Without these a lead that became a deal looks deleted, and a
# meeting with outsiders who are linked to nothing looks internal.
_LEAD = {"include_fields": "source_lead_id"}
_INVITED = {"include_fields": "attendees"}
# Object to the listings that make it up; deals are shown by state.
_LISTINGS: Mapping[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "organizations": (("/organizations", {}),),
    "persons": (("/persons", {}),),
    "deals": (("/deals", _LEAD), ("/deals", {**_LEAD, "status": "deleted"}), ("/deals/archived", _LEAD)),
    "activities": (("/activities", _INVITED),),
}
_SMALL = ("pipelines", "stages")


def pipedrive_api_feeds(account: PipedriveAccount, run: ApiRun) -> Iterator[ObjectFeed]:
    """One feed per object of the catalog, to be read in this order: field changes are asked for the deals
    that the feed of deals gave. Raises PipelineError where one cannot be read."""
    token = Token(account.token_env, run.secret, header="x-api-token", prefix="")
    with (
        Transport(run.caller, f"{account.base_url}/v1", token) as version_1,
        Transport(run.caller, f"{account.base_url}/api/v2", token) as version_2,
    ):
        yield from pipedrive_feeds(account, run, version_1, version_2)


def pipedrive_feeds(
    account: PipedriveAccount, run: ApiRun, version_1: Transport, version_2: Transport
) -> Iterator[ObjectFeed]:
    """As `pipedrive_api_feeds`, over transports to the two versions of the API."""
    reader = _Reader(run, version_1, version_2)
    windows = {
        name: open_window(
            run,
            name,
            overlap_minutes=account.overlap_minutes,
            complete_every_days=account.complete_every_days,
        )
        for name in _LISTINGS
    }
    with Ids() as deals:
        flow = _flow_window(account, run, windows["deals"])
        for name, window in windows.items():
            batches = reader.listed(name, window, (deals, flow) if name == "deals" else None)
            yield _feed(name, window.is_complete, batches, window)
        yield _feed("deal_flow", False, reader.flow(deals), flow)
        for name in _SMALL:
            yield _feed(name, True, reader.small(name))
        yield _feed("leads", True, reader.leads())
        yield _feed("users", True, reader.users())


def _flow_window(account: PipedriveAccount, run: ApiRun, deals: Window) -> Window:
    """Since when a deal must have changed to be asked for its changes. A complete listing, which is for
    deletions, asks seldom for those of all: for deals that came into the token's sight since."""
    window = open_window(
        run,
        "deal_flow",
        overlap_minutes=account.overlap_minutes,
        complete_every_days=_ALL_FLOW_DAYS if deals.is_complete else None,
    )
    # where the last listing of deals was not believed, its cursor is the older one
    listed = moment_of(run.state.get("deals", {}).get("modified_until"))
    if window.since is not None and listed is not None:
        window.since = min(window.since, listed - timedelta(minutes=account.overlap_minutes))
    return window


def _feed(name: str, is_complete: bool, batches: Iterator[Batch], window: Window | None = None) -> ObjectFeed:
    return ObjectFeed(
        "pipedrive",
        name,
        objects_of("pipedrive")[name].key,
        is_complete,
        batches,
        files=(f"api:{name}",),
        state=window.state if window else None,
    )


class _Reader:
    def __init__(self, run: ApiRun, version_1: Transport, version_2: Transport) -> None:
        self._run, self._1, self._2 = run, version_1, version_2

    def _tally(self, name: str) -> Tally:
        return Tally(self._run.caller, name, objects_of("pipedrive")[name].key)

    def listed(self, name: str, window: Window, changed: tuple[Ids, Window] | None) -> Iterator[Batch]:
        """The records of the window, in the order of ids: one modified meanwhile keeps its place. `changed`:
        where to note the ids of those that were modified in a window of its own."""
        tally = self._tally(name)
        for path, chosen in _LISTINGS[name]:
            given: dict[str, Any] = {**chosen, "sort_by": "id", "sort_direction": "asc"}
            if window.since is not None:
                given["updated_since"] = _rfc3339(window.since)
                # exclusive, to the second; a complete listing has no end, or what changes meanwhile
                # would look deleted
                given["updated_until"] = _rfc3339(window.until + timedelta(seconds=1))
            for page in self._cursor_pages(path, given):
                for record in page:
                    window.saw(field(record, "update_time"))
                if changed is not None and "status" not in chosen:
                    _note_modified(page, *changed)
                yield tally.batch(page, self._2.label(path))
        tally.done()

    def small(self, name: str) -> Iterator[Batch]:
        """All records of an object of which there are few."""
        tally = self._tally(name)
        for page in self._cursor_pages(f"/{name}", {}):
            yield tally.batch(page, self._2.label(f"/{name}"))
        tally.done()

    def leads(self) -> Iterator[Batch]:
        """The inbox and the archive of leads."""
        tally = self._tally("leads")
        for path in ("/leads", "/leads/archived"):
            for page in self._offset_pages(path, {"sort": "add_time"}, _OVERLAP_ROWS):
                yield tally.batch(page, self._1.label(path))
        tally.done()

    def users(self) -> Iterator[Batch]:
        tally = self._tally("users")
        yield tally.batch(
            self._data(self._1.get("/users"), self._where(self._1, "/users")), self._1.label("/users")
        )
        tally.done()

    def flow(self, deals: Ids) -> Iterator[Batch]:
        """Changes of fields of the deals that were read, one request per deal at least."""
        tally = self._tally("deal_flow")
        for text in deals:
            path = f"/deals/{text}/flow"
            try:
                for page in self._offset_pages(path, {"items": "change"}, 0):
                    changes = [entry for entry in page if field(entry, "object") == "dealChange"]
                    yield tally.batch(
                        [field(change, "data") for change in changes], self._1.label("/deals/flow")
                    )
            except RequestFailed as error:
                if error.status not in _GONE:  # deleted since it was listed
                    raise
        tally.done()

    def _cursor_pages(self, path: str, given: Mapping[str, Any]) -> Iterator[list[Any]]:
        where = self._where(self._2, path)
        tokens = PageTokens(where)
        cursor: str | None = None
        while True:
            answer = self._2.get(path, limit=_PAGE, cursor=cursor, **given)
            yield self._data(answer, where)
            cursor = tokens.follow(field(answer, "additional_data", "next_cursor"))
            if cursor is None:
                return

    def _offset_pages(self, path: str, given: Mapping[str, Any], overlap: int) -> Iterator[list[Any]]:
        where = self._where(self._1, path)
        before: set[str | None] = set()
        start = 0
        while True:
            answer = self._1.get(path, start=start, limit=_PAGE, **given)
            page = self._data(answer, where)
            keys = [as_text(field(record, "id") or field(record, "data", "id")) for record in page]
            yield [record for record, key in zip(page, keys, strict=True) if key is None or key not in before]
            if field(answer, "additional_data", "pagination", "more_items_in_collection") is not True:
                return
            if before.issuperset(keys):
                raise PipelineError(
                    f"{where}: the page from {start:,} on holds nothing new, yet there is to be more.",
                    "Run the ingest again; if it stays so, report it to Pipedrive.",
                )
            before = set(keys)
            start += max(1, len(page) - overlap)

    def _data(self, answer: Any, where: str) -> list[Any]:
        found = field(answer, "data")
        if found is None and field(answer, "success") is True:
            return []  # how an empty list is written
        if not isinstance(found, list):
            raise PipelineError(
                f"{where}: the answer has no list 'data'.",
                "Check that the address is that of the API; if it is, its version has changed.",
            )
        return found

    def _where(self, transport: Transport, path: str) -> str:
        return f"Source {self._run.caller.source}, GET {transport.label(path).removeprefix('api:')}"


def _note_modified(page: list[Any], ids: Ids, window: Window) -> None:
    for record in page:
        text, modified = as_text(field(record, "id")), field(record, "update_time")
        moment = moment_of(modified)
        if text and (window.since is None or moment is None or moment >= window.since):
            ids.add([text])
        window.saw(modified)


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
