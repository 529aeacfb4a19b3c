"""CalDAV where servers differ or misbehave; what a whole server does is held by the integration test."""

from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from orchestration.errors import PipelineError
from orchestration.sources.calendar.caldav_xml import parse_multistatus, plain_path
from tests.unit.api_server import Reply, Request, api_server
from tests.unit.calendar_doubles import Calendars, ics

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
FOLDER = "/dav/ann/office/"
XML = {"Content-Type": "application/xml; charset=utf-8"}


def event(uid: str, **more: str) -> bytes:
    lines = [f"UID:{uid}", "DTSTART:20260312T090000Z", *(f"{name}:{value}" for name, value in more.items())]
    return ics("\n".join(lines))


def multistatus(*responses: str, token: str = "") -> Reply:
    token = f"<sync-token>{token}</sync-token>" if token else ""
    spaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    return Reply(f"<multistatus {spaces}>{''.join(responses)}{token}</multistatus>".encode(), 207, XML)


def listed(href: str, etag: str, data: bytes | None = None) -> str:
    text = f"<C:calendar-data>{escape(data.decode())}</C:calendar-data>" if data is not None else ""
    return (
        f"<response><href>{href}</href><propstat><prop><getetag>{etag}</getetag>{text}</prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
    )


def gone(href: str, status: str = "404 Not Found") -> str:
    return f"<response><href>{href}</href><status>HTTP/1.1 {status}</status></response>"


class Dav:
    """Resources by name. `has_sync`: knows sync-collection, of which it lists `page` resources at a time;
    `refusal`: how it says that it does not."""

    def __init__(
        self, *, has_sync: bool = True, page: int = 100, refusal: int = 403, **resources: bytes
    ) -> None:
        self.resources, self.refusal = dict(resources), refusal
        self.has_sync, self.page = has_sync, page
        self.hidden: set[str] = set()  # listed and then not given
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Reply:
        body = request.body.decode()
        kind = next(name for name in ("sync-collection", "calendar-multiget", "propfind") if name in body)
        self.asked.append(kind)
        if kind == "calendar-multiget":
            wanted = [
                name for name in self.resources if f"{FOLDER}{name}.ics<" in body and name not in self.hidden
            ]
            return multistatus(
                *(listed(f"{FOLDER}{name}.ics", '"1"', self.resources[name]) for name in wanted)
            )
        entries = [(f"{FOLDER}{name}.ics", f'"{hash(data)}"') for name, data in self.resources.items()]
        if kind == "propfind":
            itself = (
                f"<response><href>{FOLDER}</href><propstat><prop><resourcetype><collection/></resourcetype></prop>"
                "<status>HTTP/1.1 200 OK</status></propstat></response>"
            )
            return multistatus(itself, *(listed(*entry) for entry in entries))
        if not self.has_sync:
            return Reply(b'<error xmlns="DAV:"><supported-report/></error>', self.refusal, XML)
        at = int(body.partition("<sync-token>")[2].partition("<")[0] or 0)
        part = [listed(*entry) for entry in entries[at : at + self.page]]
        if at + self.page < len(entries):
            part.append(gone(FOLDER, "507 Insufficient Storage"))
        return multistatus(*part, token=str(min(at + self.page, len(entries))))


def calendars(home: Path, url: str) -> Calendars:
    collections = [{"path": FOLDER, "owner": "ann@acme.example"}]
    server = {"url": f"{url}/dav/", "collections": collections, "token_env": "TOKEN"}
    return Calendars(home, NOW, {"TOKEN": "t0ken"}, system="caldav", caldav_server=server)


def test_a_listing_that_the_server_cuts_short(tmp_path: Path) -> None:
    dav = Dav(page=2, **{f"e{number}": event(f"u{number}") for number in range(5)})
    with api_server(dav) as server:
        assert calendars(tmp_path, server.url).ingest()["landed"] == 5
        assert dav.asked.count("sync-collection") == 3
        assert server.seen[0].headers["authorization"] == "Bearer t0ken"


@pytest.mark.parametrize("refusal", [403, 507])
def test_a_server_without_sync_is_compared_by_etags(tmp_path: Path, refusal: int) -> None:
    dav = Dav(has_sync=False, refusal=refusal, a=event("a"), b=event("b"), c=event("c"))
    with api_server(dav) as server:
        source = calendars(tmp_path, server.url)
        assert source.ingest()["landed"] == 3
        assert source.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert dav.asked == [
            "sync-collection",
            "propfind",
            "calendar-multiget",
            "sync-collection",
            "propfind",
        ]
        del dav.resources["b"]
        assert source.ingest() == {"landed": 0, "deleted": 1, "rejected": 0, "unchanged": 2}
        assert source.warnings == ()


def test_what_is_listed_and_not_given_is_not_deleted(tmp_path: Path) -> None:
    dav = Dav(has_sync=False, a=event("a"), b=event("b"), c=event("c"))
    with api_server(dav) as server:
        source = calendars(tmp_path, server.url)
        source.ingest()
        dav.resources["a"], dav.hidden = event("a", SUMMARY="New"), {"b"}
        assert source.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 1}


def test_an_event_that_moves_to_another_file_and_is_deleted_there(tmp_path: Path) -> None:
    dav = Dav(has_sync=False, a=event("a"), b=event("b"), c=event("c"))
    with api_server(dav) as server:
        source = calendars(tmp_path, server.url)
        source.ingest()
        dav.resources["moved"] = dav.resources.pop("a")
        assert source.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 2}
        assert source.current("resource")[-1] == (f"caldav:{FOLDER}moved.ics",)
        del dav.resources["moved"]
        assert source.ingest()["deleted"] == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}), "a web page"),
        (Reply(b'<?xml version="1.0"?><multistatus xmlns="DAV:"><resp', 207, XML), "it is no XML"),
        (Reply(b"<feed/>", 207, XML), "it is no multistatus"),
        (Reply(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 207, XML), "it declares entities"),
        (multistatus(gone(FOLDER, "507 Insufficient Storage")), "names no token to go on from"),
        (multistatus(gone(FOLDER, "507 Insufficient Storage"), token="7"), "leads back to one of them"),
        (Reply(b"", 401), "TOKEN"),
    ],
)
def test_answers_that_are_none(tmp_path: Path, reply: Reply, said: str) -> None:
    with api_server(lambda _: reply) as server, pytest.raises(PipelineError, match=said) as error:
        calendars(tmp_path, server.url).ingest()
    assert "t0ken" not in str(error.value)


def test_paths_have_one_name() -> None:
    assert plain_path("https://dav.example/a%40b/x%20y.ics") == "/a@b/x%20y.ics" == plain_path("/a@b/x y.ics")


def test_multistatus() -> None:
    missing = (
        "<response><href>/c</href><propstat><prop><getetag/></prop><status>HTTP/1.1 404 Not Found"
        "</status></propstat></response>"
    )
    found = parse_multistatus(
        multistatus(listed("/a", '"1"', b"X\n&"), gone("/b"), missing, "<response/>", token="t").data
    )
    assert found.sync_token == "t"
    assert [(item.path, item.status, item.etag, item.data) for item in found.resources] == [
        ("/a", 200, '"1"', "X\n&"), ("/b", 404, None, None), ("/c", 200, None, None),
    ]  # fmt: skip
