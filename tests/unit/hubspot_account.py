"""A HubSpot account in memory: enough of its API, with its limits, to read it as the real one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.api_server import Reply, Request

SEARCH_LIMIT = 10_000


@dataclass
class HubspotAccount:
    """`records`: object -> id -> properties; `archived` likewise. Times are milliseconds since 1970."""

    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    archived: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    history: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    associations: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)
    owners: list[dict[str, Any]] = field(default_factory=list)
    pipelines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # objects that the token may not read
    on_search: Callable[[int], None] = lambda _: None
    searches: int = 0

    def put(self, name: str, key: str, modified: int, /, **properties: Any) -> None:
        self.records.setdefault(name, {})[key] = {"modified": modified, **properties}

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer hubspot-token":
            return Reply({"category": "INVALID_AUTHENTICATION", "message": "no"}, status=401)
        found = self._found(request)
        return found if isinstance(found, Reply) else Reply(found)

    def _found(self, request: Request) -> Reply | dict[str, Any]:  # noqa: PLR0911 - one per path
        match request.path.strip("/").split("/"):
            case ["crm", "v3", "objects", name, *_] if name in self.closed:
                return Reply({"category": "MISSING_SCOPES", "message": "no scope"}, status=403)
            case ["crm", "v4", "associations", start, end, *_] if {start, end} & self.closed:
                return Reply({"category": "MISSING_SCOPES", "message": "no scope"}, status=403)
            case ["crm", "v3", "objects", name]:
                return self._list(name, request)
            case ["crm", "v3", "objects", name, "search"]:
                self.searches += 1
                self.on_search(self.searches)
                return self._search(name, request.json)
            case ["crm", "v3", "objects", name, "batch", "read"]:
                return self._read(name, request)
            case ["crm", "v3", "properties", name]:
                names = {key for record in self._all(name) for key in record if key != "modified"}
                return Reply({"results": [{"name": key} for key in sorted(names)]})
            case ["crm", "v3", "owners"]:
                archived = request.query["archived"] == "true"
                return Reply({"results": [owner for owner in self.owners if owner["archived"] == archived]})
            case ["crm", "v3", "pipelines", name]:
                return Reply({"results": self.pipelines.get(name, [])})
            case ["crm", "v4", "associations", start, end, "batch", "read"]:
                return self._associated(start, end, request.json["inputs"])
        return Reply({"message": f"no such path {request.path}"}, status=404)

    def _all(self, name: str) -> list[dict[str, Any]]:
        return [*self.records.get(name, {}).values(), *self.archived.get(name, {}).values()]

    def _list(self, name: str, request: Request) -> Reply:
        held = self.archived if request.query.get("archived") == "true" else self.records
        keys = sorted(held.get(name, {}), key=int)
        start, limit = int(request.query.get("after", 0)), int(request.query["limit"])
        page: dict[str, Any] = {"results": [{"id": key} for key in keys[start : start + limit]]}
        if start + limit < len(keys):
            page["paging"] = {"next": {"after": str(start + limit)}}
        return Reply(page)

    def _search(self, name: str, body: dict[str, Any]) -> Reply:
        assert len(str(body)) < 3000 and body["limit"] <= 200
        by_time = "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"

        def value(item: tuple[str, dict[str, Any]], key: str) -> int:
            return int(item[0]) if key == "hs_object_id" else item[1]["modified"]

        found = list(self.records.get(name, {}).items())
        for condition in body["filterGroups"][0]["filters"]:
            key, low = condition["propertyName"], int(condition["value"])
            assert key in (by_time, "hs_object_id")
            high = int(condition.get("highValue", 0))
            tests = {
                "BETWEEN": lambda number, low=low, high=high: low <= number <= high,
                "EQ": lambda number, low=low: number == low,
                "GT": lambda number, low=low: number > low,
            }
            found = [item for item in found if tests[condition["operator"]](value(item, key))]
        found.sort(key=lambda item: value(item, body["sorts"][0]))
        start = int(body["after"])
        if start + body["limit"] > SEARCH_LIMIT:
            return Reply({"message": "The maximum number of results is 10000"}, status=400)
        page = found[start : start + body["limit"]]
        results = [{"id": key, "properties": {by_time: iso(record["modified"])}} for key, record in page]
        return Reply({"total": len(found), "results": results})

    def _read(self, name: str, request: Request) -> Reply:
        is_archived = request.query["archived"] == "true"
        held = (self.archived if is_archived else self.records).get(name, {})
        body = request.json
        assert len(body["inputs"]) <= (50 if body["propertiesWithHistory"] else 100)
        results = []
        for item in body["inputs"]:
            record = held.get(item["id"])
            if record is None:
                continue
            results.append(
                {
                    "id": item["id"],
                    "properties": {key: record.get(key) for key in body["properties"]},
                    "propertiesWithHistory": {
                        key: values
                        for key, values in self.history.get(item["id"], {}).items()
                        if key in body["propertiesWithHistory"]
                    },
                    "createdAt": iso(1_700_000_000_000),
                    "updatedAt": iso(record["modified"]),
                    "archived": is_archived,
                    **({"archivedAt": iso(record["modified"])} if is_archived else {}),
                }
            )
        return Reply({"status": "COMPLETE", "results": results})

    def _associated(self, start: str, end: str, inputs: list[dict[str, str]]) -> Reply:
        """Two other ends a page, to make it turn pages."""
        results = []
        for item in inputs:
            ends = self.associations.get((start, end), {}).get(item["id"], [])
            at = int(item.get("after", 0))
            if ends[at:]:
                kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
                to = [{"toObjectId": int(key), "associationTypes": kinds} for key in ends[at : at + 2]]
                paging = {"paging": {"next": {"after": str(at + 2)}}} if ends[at + 2 :] else {}
                results.append({"from": {"id": item["id"]}, "to": to, **paging})
        return Reply({"status": "COMPLETE", "results": results})


def iso(milliseconds: int) -> str:
    from datetime import UTC, datetime

    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
