"""A Salesforce organisation in memory: signing in, describe, queries with pages, bulk jobs."""

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.unit.api_server import Reply, Request

ROOT = "/services/data/v62.0"
Record = dict[str, Any]


@dataclass
class SalesforceOrg:
    """`objects`: name -> field -> type; `records`: name -> rows. `page`: records per page of a query."""

    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)
    page: int = 2
    bulk_page: int = 2
    no_bulk: set[str] = field(default_factory=set)
    url: str = ""
    tokens: int = 0
    expires_after: int = 10**9  # requests with one token
    used: int = 0
    refresh_token: str = "value of R"
    rotates: bool = False  # gives a new refresh token each time, and the one before is void
    jobs: dict[str, tuple[str, list[Record], int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    job_states: tuple[str, ...] = ("UploadComplete", "InProgress", "JobComplete")

    def answer(self, request: Request) -> Reply:
        if request.path == "/services/oauth2/token":
            return self._sign_in(request)
        self.used += 1
        if self.used > self.expires_after:
            return Reply([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}], status=401)
        if request.headers.get("authorization") != f"Bearer access-{self.tokens}":
            return Reply([{"errorCode": "INVALID_SESSION_ID", "message": "Session invalid"}], status=401)
        return self._found(request, request.path.removeprefix(ROOT).strip("/").split("/"))

    def _sign_in(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("client_secret") != "value of SECRET":
            return Reply({"error": "invalid_client", "error_description": "bad secret"}, status=400)
        if form.get("refresh_token", self.refresh_token) != self.refresh_token:
            return Reply({"error": "invalid_grant", "error_description": "expired token"}, status=400)
        self.tokens, self.used = self.tokens + 1, 0
        answer = {
            "access_token": f"access-{self.tokens}",
            "instance_url": self.url,
            "flow": form["grant_type"],
        }
        if self.rotates:
            self.refresh_token = answer["refresh_token"] = f"refresh-{self.tokens}"
        return Reply(answer)

    def _found(self, request: Request, path: list[str]) -> Reply:  # noqa: PLR0911 - one per path
        match path:
            case ["sobjects", name, "describe"] if name in self.objects:
                fields = [{"name": key, "type": kind} for key, kind in self.objects[name].items()]
                return Reply({"name": name, "queryable": True, "fields": fields})
            case ["queryAll"]:
                return self._query(request.query["q"])
            case ["query", cursor]:
                name, start = cursor.split("-")
                return self._page(name, self.jobs[name][1], int(start))
            case ["jobs", "query"] if request.method == "POST":
                return self._start(request.json["query"])
            case ["jobs", "query", job]:
                name, rows, polls = self.jobs[job]
                self.jobs[job] = (name, rows, polls + 1)
                state = self.job_states[min(polls, len(self.job_states) - 1)]
                return Reply({"id": job, "state": state, "numberRecordsProcessed": len(rows)})
            case ["jobs", "query", job, "results"]:
                return self._results(job, int(request.query.get("locator", "0")))
        return Reply(
            [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}], status=404
        )

    def _selected(self, query: str) -> tuple[str, list[str], list[Record]]:
        self.asked.append(query)
        found = re.fullmatch(r"SELECT (.+) FROM (\w+)(?: WHERE (\w+) >= (\S+) AND \3 <= (\S+))?", query)
        assert found, query
        fields, name, cursor, low, high = found.groups()
        rows = self.records.get(name, [])
        if cursor:
            rows = [row for row in rows if low[:23] <= row[cursor][:23] <= high[:23]]
        return name, fields.split(","), rows

    def _query(self, query: str) -> Reply:
        name, fields, rows = self._selected(query)
        if fields == ["COUNT()"]:
            return Reply({"totalSize": len(rows), "done": True, "records": []})
        key = f"{name}Q{len(self.jobs)}"
        self.jobs[key] = (name, [{field: row.get(field) for field in fields} for row in rows], 0)
        return self._page(key, self.jobs[key][1], 0)

    def _page(self, key: str, rows: list[Record], start: int) -> Reply:
        end = start + self.page
        more = {"nextRecordsUrl": f"{ROOT}/query/{key}-{end}"} if end < len(rows) else {}
        attributes = {"attributes": {"type": "x", "url": "/x"}}
        records = [{**attributes, **row} for row in rows[start:end]]
        return Reply({"totalSize": len(rows), "done": not more, "records": records, **more})

    def _start(self, query: str) -> Reply:
        name, fields, rows = self._selected(query)
        if name in self.no_bulk:
            message = f"Entity '{name}' is not supported by the Bulk API."
            return Reply([{"errorCode": "INVALIDENTITY", "message": message}], status=400)
        job = f"750{len(self.jobs)}"
        self.jobs[job] = (name, [{field: row.get(field) for field in fields} for row in rows], 0)
        return Reply({"id": job, "state": "UploadComplete"})

    def _results(self, job: str, start: int) -> Reply:
        _, rows, _ = self.jobs[job]
        end = start + self.bulk_page
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]) if rows else ["Id"], lineterminator="\n")
        writer.writeheader()
        for row in rows[start:end]:
            writer.writerow({key: bulk_text(value) for key, value in row.items()})
        headers = {"Content-Type": "text/csv", "Sforce-Locator": str(end) if end < len(rows) else "null"}
        return Reply(text.getvalue().encode(), headers=headers)


def bulk_text(value: Any) -> str:
    """A value as the Bulk API writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"\+0000$", "Z", str(value)) if value is not None else ""
