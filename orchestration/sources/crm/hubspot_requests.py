"""HubSpot's requests: listings, search, batch reads, associations; each gives plain values.

Belongs here: paths, bodies, paging and HubSpot's limits. Which objects are read is `hubspot_api`.

Ids come from a listing (complete) or from search (what was modified), the records themselves always from
a batch read: an address is too short for a thousand property names, and a search takes 3,000 characters.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from orchestration.errors import PipelineError
from orchestration.sources.crm.windows import Window, moment_of
from orchestration.sources.json_rows import PageTokens, as_text, field, items
from orchestration.sources.transport import RequestFailed, Transport

_PAGE = 100
_SEARCH_PAGE = 200
_CLOSED = (403, 404)  # no scope; no such object in this account


class HubspotRequests:
    def __init__(self, source: str, transport: Transport) -> None:
        self._source, self._transport = source, transport

    def is_open(self, name: str) -> bool:
        """Whether the account has this object and the token may read it."""
        try:
            self._transport.get(f"/crm/v3/objects/{name}", limit=1)
        except RequestFailed as error:
            if error.status in _CLOSED:
                return False
            raise
        return True

    def property_names(self, name: str) -> list[str] | None:
        """Names of an object's properties; None where the token may not list them."""
        path = f"/crm/v3/properties/{name}"
        try:
            answer = self._transport.get(path)
        except RequestFailed as error:
            if error.status in _CLOSED:
                return None
            raise
        found = (field(item, "name") for item in items(answer, "results", self._where("GET", path)))
        return [text for text in found if isinstance(text, str)]

    def listed(self, name: str, *, archived: bool = False) -> Iterator[str]:
        """Ids of all records, live or archived."""
        for page in self._pages(f"/crm/v3/objects/{name}", archived):
            yield from self._ids(page)

    def modified(self, name: str, window: Window) -> Iterator[str]:
        """Ids of the live records whose modification time lies in the window.

        Every request asks anew from the last time seen: a search goes no further than 10,000 results, and
        its pages shift when a record is modified meanwhile. Where a whole page bears one and the same
        time (an import), that moment is read in the order of ids.
        """
        assert window.since is not None  # noqa: S101 - a complete window is listed
        by_time = "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"
        start, end = _milliseconds(window.since), _milliseconds(window.until)
        given: set[str] = set()  # ids at `start` that have been given
        while start <= end:
            condition = {
                "propertyName": by_time,
                "operator": "BETWEEN",
                "value": str(start),
                "highValue": str(end),
            }
            page = self._search(name, [condition], by_time)
            yield from (text for text, _ in page if text not in given)
            if len(page) < _SEARCH_PAGE:
                return
            last = self._time(page[-1][1], name, by_time)
            if last < start:
                raise self._circle(f"/crm/v3/objects/{name}/search")
            if last > start:
                given = {text for text, modified in page if self._time(modified, name, by_time) == last}
                start = last
            else:
                seen = given | {text for text, _ in page}
                yield from (text for text in self._at(name, by_time, start) if text not in seen)
                start, given = start + 1, set()

    def _at(self, name: str, by_time: str, moment: int) -> Iterator[str]:
        """Ids of the records modified at one moment, in windows of ids."""
        last = 0
        while True:
            conditions = [
                {"propertyName": by_time, "operator": "EQ", "value": str(moment)},
                {"propertyName": "hs_object_id", "operator": "GT", "value": str(last)},
            ]
            page = [text for text, _ in self._search(name, conditions, "hs_object_id")]
            yield from page
            if len(page) < _SEARCH_PAGE:
                return
            highest = max((int(text) for text in page if text.isdigit()), default=last)
            if highest <= last:
                raise self._circle(f"/crm/v3/objects/{name}/search")
            last = highest

    def _search(self, name: str, conditions: list[dict[str, str]], order: str) -> list[tuple[str, Any]]:
        """The first page: (id, modification time), ascending."""
        path = f"/crm/v3/objects/{name}/search"
        by_time = conditions[0]["propertyName"]
        body = {
            "filterGroups": [{"filters": conditions}],
            "sorts": [order],
            "properties": [by_time],
            "limit": _SEARCH_PAGE,
            "after": "0",
        }
        page = items(self._transport.post(path, body), "results", self._where("POST", path))
        return [
            (text, field(record, "properties", by_time) or field(record, "updatedAt"))
            for record in page
            for text in self._ids([record])
        ]

    def _time(self, value: Any, name: str, by_time: str) -> int:
        moment = moment_of(value)
        if moment is None:
            raise PipelineError(
                f"{self._where('POST', f'/crm/v3/objects/{name}/search')}: a record came without {by_time}.",
                "Run the ingest again; if it stays so, report it to HubSpot.",
            )
        return _milliseconds(moment)

    def read(
        self,
        name: str,
        ids: Sequence[str],
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        archived: bool = False,
    ) -> list[Any]:
        """Records by id; those that have gone meanwhile are left out."""
        path = f"/crm/v3/objects/{name}/batch/read"
        body = {
            "inputs": [{"id": text} for text in ids],
            "properties": list(properties),
            "propertiesWithHistory": list(history),
        }
        answer = self._transport.post(path, body, archived="true" if archived else "false")
        return items(answer, "results", self._where("POST", path))

    def associated(self, start: str, end: str, ids: Sequence[str]) -> dict[str, list[Any]]:
        """Record id to its other ends with labels, for records that have any; long lists to their end."""
        path = f"/crm/v4/associations/{start}/{end}/batch/read"
        where = self._where("POST", path)
        found: dict[str, list[Any]] = {}
        tokens = {text: PageTokens(where) for text in ids}
        asked = [{"id": text} for text in ids]
        while asked:
            answer = self._transport.post(path, {"inputs": asked})
            asked = []
            for result in items(answer, "results", where):
                text = as_text(field(result, "from", "id")) or ""
                found.setdefault(text, []).extend(items(result, "to", where))
                after = field(result, "paging", "next", "after")
                if text in tokens and (following := tokens[text].follow(after)):
                    asked.append({"id": text, "after": following})
        return found

    def owners(self) -> Iterator[list[Any]]:
        """Pages of owners, active ones first."""
        for archived in (False, True):
            yield from self._pages("/crm/v3/owners", archived)

    def pipelines(self, name: str) -> list[Any]:
        """Pipelines of an object with their stages."""
        path = f"/crm/v3/pipelines/{name}"
        try:
            return items(self._transport.get(path), "results", self._where("GET", path))
        except RequestFailed as error:
            if error.status in _CLOSED:
                return []
            raise

    def _pages(self, path: str, archived: bool) -> Iterator[list[Any]]:
        where = self._where("GET", path)
        tokens = PageTokens(where)
        after: str | None = None
        while True:
            answer = self._transport.get(
                path, limit=_PAGE, archived="true" if archived else "false", after=after
            )
            yield items(answer, "results", where)
            after = tokens.follow(field(answer, "paging", "next", "after"))
            if after is None:
                return

    @staticmethod
    def _ids(page: Sequence[Any]) -> Iterator[str]:
        for record in page:
            text = as_text(field(record, "id"))
            if text:
                yield text

    def _where(self, method: str, path: str) -> str:
        return f"Source {self._source}, {method} {path}"

    def _circle(self, path: str) -> PipelineError:
        return PipelineError(
            f"{self._where('POST', path)}: the search gives the same records again and again.",
            "Run the ingest again; if it stays so, report it to HubSpot.",
        )


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
