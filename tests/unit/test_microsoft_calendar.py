"""Microsoft Graph's calendar view: delta tokens, removals, series and privacy, against a server on loopback
that pages and forgets as Graph does. Real responses are read by the integration test."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from orchestration.errors import PipelineError
from tests.unit.api_server import ApiServer, Reply, Request, api_server
from tests.unit.calendar_doubles import Calendars

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
CARL, DORA = "carl@acme.example", "dora@acme.example"
SECRETS = {"ID": "app", "SECRET": "s3cret"}


class Graph:
    """`put` changes a mailbox; a delta token is how many changes have been seen."""

    def __init__(self, page: int = 2) -> None:
        self.changes: dict[str, list[dict[str, Any]]] = {CARL: []}
        self.page, self.url = page, ""
        self.refusal: Reply | None = None  # of every token
        self.answers: list[Reply] = []
        self.seen: list[Request] = []

    def put(self, key: str, day: str = "2026-03-12", **event: Any) -> None:
        whole = {
            "id": key,
            "type": "singleInstance",
            "sensitivity": "normal",
            "showAs": "busy",
            "start": {"dateTime": f"{day}T09:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": f"{day}T10:00:00.0000000", "timeZone": "UTC"},
            "isAllDay": False,
            **event,
        }
        self.changes[CARL].append({name: value for name, value in whole.items() if value is not None})

    def remove(self, key: str) -> None:
        self.changes[CARL].append({"id": key, "@removed": {"reason": "deleted"}})

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/oauth2/v2.0/token"):
            return Reply({"access_token": "access", "expires_in": 3599, "token_type": "Bearer"})
        self.seen.append(request)
        if self.answers:
            return self.answers.pop(0)
        mailbox = unquote(request.path.split("/")[2])
        if mailbox not in self.changes:
            return Reply({"error": {"code": "ErrorInvalidUser", "message": f"{mailbox} is invalid."}}, 404)
        query = request.query
        if "$deltatoken" in query and self.refusal:
            return self.refusal
        since, _, at = query.get("$skiptoken", query.get("$deltatoken", "0") + ".0").partition(".")
        changes = self.changes[mailbox]
        found = list({change["id"]: change for change in changes[int(since) :]}.values())
        if since == "0":
            found = [event for event in found if "@removed" not in event]
        end = int(at) + self.page
        base = f"{self.url}{request.path}"
        link = (
            {"@odata.nextLink": f"{base}?$skiptoken={since}.{end}"}
            if end < len(found)
            else {"@odata.deltaLink": f"{base}?$deltatoken={len(changes)}"}
        )
        return Reply({"value": found[int(at) : end], **link})


def calendars(home: Path, graph: Graph, server: ApiServer, *mailboxes: str) -> Calendars:
    graph.url = server.url
    account = {
        "mailboxes": mailboxes or (CARL,),
        "tenant": "acme.example",
        "client_id_env": "ID",
        "client_secret_env": "SECRET",
        "api_url": server.url,
        "sign_in_url": server.url,
    }
    return Calendars(home, NOW, SECRETS, system="microsoft_calendar", microsoft_calendar_api=account)


def test_pages_then_only_changes(tmp_path: Path) -> None:
    graph = Graph()
    for number in range(5):
        graph.put(f"e{number}", subject=f"Event {number}")
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        assert source.ingest() == {"landed": 5, "deleted": 0, "rejected": 0, "unchanged": 0}
        first = graph.seen[0]
        assert first.path == "/users/carl%40acme.example/calendarView/delta"
        assert first.query == {"startDateTime": "2024-03-01T00:00:00Z", "endDateTime": "2027-05-01T00:00:00Z"}
        assert 'outlook.timezone="UTC"' in first.headers["prefer"]
        assert 'IdType="ImmutableId"' in first.headers["prefer"]
        assert first.headers["authorization"] == "Bearer access"
        assert source.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert graph.seen[-1].query == {"$deltatoken": "5"}
        graph.put("e1", subject="Moved", day="2026-03-14")
        graph.remove("e3")
        assert source.ingest() == {"landed": 1, "deleted": 1, "rejected": 0, "unchanged": 0}
    assert source.current('id, subject, "start_dateTime", mailbox')[1] == (
        "e1", "Moved", "2026-03-14T09:00:00.0000000", CARL,
    )  # fmt: skip
    assert len(source.current("id")) == 4


@pytest.mark.parametrize(
    "refusal",
    [
        Reply({"error": {"code": "syncStateNotFound", "message": "The sync state is not found."}}, 410),
        Reply({"error": {"code": "SyncStateInvalid", "message": "Too old."}}, 400),
        Reply({"error": {"code": "ErrorInvalidRequest", "message": "Badly formed token."}}, 400),
        Reply({"error": {"code": "resyncRequired", "message": "Resync."}}, 404),
    ],
    ids=lambda reply: str(reply.status) + reply.body["error"]["code"],
)
def test_an_expired_token_is_a_full_round_and_says_so(tmp_path: Path, refusal: Reply) -> None:
    graph = Graph()
    for number in range(5):
        graph.put(f"e{number}")
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        source.ingest()
        graph.changes[CARL] = [event for event in graph.changes[CARL] if event["id"] != "e2"]
        graph.put("new")
        graph.refusal = refusal
        assert source.ingest() == {"landed": 1, "deleted": 1, "rejected": 0, "unchanged": 4}
        assert "its delta token had expired" in source.warnings[0]
        assert "acme.example" not in source.warnings[0]
        graph.refusal = None
        source.ingest()
        assert source.warnings == ()


def test_of_a_changed_series_what_the_round_lacks_has_been_deleted(tmp_path: Path) -> None:
    """Graph marks no occurrence as removed: it sends the master again with all that are left."""
    graph = Graph()

    def series(*days: str) -> None:
        graph.put("m", type="seriesMaster", subject="Prospecting", day=days[0])
        for day in days:
            key = f"m.{day}"
            graph.put(key, day=day, type="occurrence", seriesMasterId="m", sensitivity=None, showAs=None)

    graph.put("single")
    graph.put("n", type="seriesMaster", subject="Weekly")
    graph.put("n.1", type="occurrence", seriesMasterId="n")
    series("2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31")
    others = ["n", "n.1", "single"]
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        assert source.ingest()["landed"] == 8
        series("2026-03-10", "2026-03-17", "2026-03-31")  # one occurrence is deleted
        assert source.ingest() == {"landed": 0, "deleted": 1, "rejected": 0, "unchanged": 4}
        series("2026-03-10", "2026-03-18", "2026-03-25")  # from the second on another weekday
        assert source.ingest() == {"landed": 2, "deleted": 2, "rejected": 0, "unchanged": 2}
        left = ["m", "m.2026-03-10", "m.2026-03-18", "m.2026-03-25"]
        assert [key for (key,) in source.current("id")] == left + others
        graph.put("m", type="seriesMaster", subject="Renamed", day="2026-03-10")  # none of its occurrences
        moved: dict[str, Any] = {"type": "exception", "seriesMasterId": "n", "subject": "Moved"}
        graph.put("n.1", day="2026-03-13", **moved)
        assert source.ingest() == {"landed": 2, "deleted": 0, "rejected": 0, "unchanged": 0}
        graph.remove("m")  # the whole series
        assert source.ingest() == {"landed": 0, "deleted": 4, "rejected": 0, "unchanged": 0}
    assert [key for (key,) in source.current("id")] == others


def test_series_and_private_events(tmp_path: Path) -> None:
    graph = Graph()
    hidden: dict[str, Any] = {
        "subject": "Jekyll",
        "body": {"contentType": "text", "content": "Jekyll"},
        "location": {"displayName": "Jekyll"},
        "attendees": [{"emailAddress": {"address": "jekyll@clinic.example"}}],
        "organizer": {"emailAddress": {"address": "jekyll@clinic.example"}},
        "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/meetup-join/jekyll"},
        "categories": ["Jekyll"],
        "responseStatus": {"response": "declined", "time": "2026-03-01T00:00:00Z"},
    }
    for sensitivity in ("private", "personal", "confidential"):
        graph.put(f"hidden {sensitivity}", sensitivity=sensitivity, **hidden)
    graph.put("says nothing", sensitivity=None, **hidden)
    graph.put("occurrence", type="occurrence", seriesMasterId="m", sensitivity=None, **hidden)
    graph.put("m", type="seriesMaster", subject="Weekly")
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        assert source.ingest()["landed"] == 6
    assert "jekyll" not in source.landed_text().lower()
    answers = dict(source.current('id, "responseStatus_response"'))
    assert {answer for event, answer in answers.items() if event != "m"} == {"declined"}
    found = {row[0]: row[1:] for row in source.current('id, "seriesMasterId", subject, "start_dateTime"')}
    assert found["occurrence"] == ("m", None, "2026-03-12T09:00:00.0000000")
    assert found["m"] == (None, "Weekly", "2026-03-12T09:00:00.0000000")


def test_the_window_moves_on(tmp_path: Path) -> None:
    graph = Graph()
    graph.put("past", day="2024-03-05")
    graph.put("now")
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        source.ingest()
        del graph.changes[CARL][0]
        assert source.ingest(days=31) == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 1}
        assert graph.seen[-1].query["endDateTime"] == "2027-06-01T00:00:00Z"
    assert len(source.current("id")) == 2


def test_mailboxes_that_cannot_be_read(tmp_path: Path) -> None:
    graph = Graph()
    graph.put("a")
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server, DORA, CARL)
        assert source.ingest()["landed"] == 1
        assert source.warnings[0].startswith("mailbox dora@… could not be read (404)")
        graph.changes.clear()
        with pytest.raises(PipelineError, match="ErrorInvalidUser") as error:
            source.ingest()
        assert CARL not in str(error.value) and DORA not in str(error.value)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply({"value": []}), "names no delta link"),
        (Reply({"value": [], "@odata.nextLink": "https://elsewhere.example/x"}), "said to be elsewhere"),
        (Reply({"values": []}), "no list 'value'"),
        (
            Reply({"error": {"code": "ErrorAccessDenied", "message": "Denied to s3cret"}}, 403),
            "ErrorAccessDenied",
        ),
        (Reply(b"", 302, {"Location": "https://login.example/?secret"}), "as if to sign in"),
    ],
)
def test_answers_that_are_none(tmp_path: Path, reply: Reply, said: str) -> None:
    graph = Graph()
    graph.answers = [reply] * 10
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        with pytest.raises(PipelineError, match=said) as error:
            source.ingest()
    assert "s3cret" not in str(error.value) and CARL not in str(error.value)


def test_a_next_link_that_comes_back_ends(tmp_path: Path) -> None:
    graph = Graph()
    with api_server(graph) as server:
        source = calendars(tmp_path, graph, server)
        graph.answers = [Reply({"value": [], "@odata.nextLink": f"{server.url}/users/x/again"})] * 10
        with pytest.raises(PipelineError, match="leads back to one of them"):
            source.ingest()
