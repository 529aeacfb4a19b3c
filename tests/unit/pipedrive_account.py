"""A Pipedrive account in memory: cursors in version 2, positions in version 1."""

from dataclasses import dataclass, field
from typing import Any

from tests.unit.api_server import Reply, Request

Record = dict[str, Any]
# Version 2 gives these of a deal and of an activity only to those who ask for them.
_ON_REQUEST = ("source_lead_id", "first_won_time", "attendees")


@dataclass
class PipedriveAccount:
    """`records`: object -> rows; deals are told apart by is_deleted and is_archived. `page`: most rows of
    a page, whatever is asked for."""

    records: dict[str, list[Record]] = field(default_factory=dict)
    flow: dict[int, list[Record]] = field(default_factory=dict)
    page: int = 2

    def answer(self, request: Request) -> Reply:
        if request.headers.get("x-api-token") != "pipedrive-token":
            return Reply({"success": False, "error": "unauthorized access"}, status=401)
        match request.path.strip("/").split("/"):
            case ["api", "v2", name, *archive]:
                return self._by_cursor(name, bool(archive), request.query)
            case ["v1", "users"]:
                return Reply({"success": True, "data": self.records.get("users", [])})
            case ["v1", "leads", *archive]:
                rows = [row for row in self.records.get("leads", []) if row["is_archived"] == bool(archive)]
                return self._by_position(rows, request.query)
            case ["v1", "deals", deal, "flow"] if int(deal) in self.flow:
                return self._by_position(self.flow[int(deal)], request.query)
        return Reply({"success": False, "error": "not found"}, status=404)

    def _by_cursor(self, name: str, is_archive: bool, query: dict[str, str]) -> Reply:
        rows = sorted(self.records.get(name, []), key=lambda row: row["id"])
        if name == "deals":
            is_deleted = query.get("status") == "deleted"
            rows = [
                row
                for row in rows
                if row.get("is_deleted", False) == is_deleted and row.get("is_archived", False) == is_archive
            ]
        low, high = query.get("updated_since", ""), query.get("updated_until", "9")
        rows = [
            row
            for row in rows
            if low <= row["update_time"] < high and row["id"] > int(query.get("cursor", 0))
        ]
        more = str(rows[self.page - 1]["id"]) if len(rows) > self.page else None
        hidden = set(_ON_REQUEST).difference(query.get("include_fields", "").split(","))
        data = [{key: row[key] for key in row if key not in hidden} for row in rows[: self.page]]
        return Reply({"success": True, "data": data, "additional_data": {"next_cursor": more}})

    def _by_position(self, rows: list[Record], query: dict[str, str]) -> Reply:
        start = int(query["start"])
        has_more = start + self.page < len(rows)
        pagination = {"start": start, "limit": self.page, "more_items_in_collection": has_more}
        data = rows[start : start + self.page] or None
        return Reply({"success": True, "data": data, "additional_data": {"pagination": pagination}})
