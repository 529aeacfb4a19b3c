"""Calendars under an address, against servers that behave and servers that do not."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.sources.calendar.ics_urls import _address
from orchestration.sources.calendar.shapes import ExpansionLimits
from tests.unit.api_server import Reply, Request, api_server
from tests.unit.calendar_doubles import Calendars, ics

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
SECRET = "/private-3f9a/basic.ics"
ONE = "UID:one\nDTSTART:20260312T090000Z\nDTEND:20260312T100000Z\nSUMMARY:First"
TWO = "UID:two\nDTSTART:20260313T090000Z\nDTEND:20260313T100000Z"
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}


class Published:
    """Files by path, each with the ETag that its content gives it."""

    def __init__(self, **files: bytes) -> None:
        self.files: dict[str, Any] = {f"/{name}.ics": content for name, content in files.items()}

    def __call__(self, request: Request) -> Reply:
        found = self.files.get(request.path)
        if isinstance(found, Reply):
            return found
        if found is None:
            return Reply(b"", 404)
        etag = f'"{hash(found)}"'
        if request.headers.get("if-none-match") == etag:
            return Reply(b"", 304)
        return Reply(found, headers={**CALENDAR, "ETag": etag})


def calendars(home: Path, url: str, *names: str) -> Calendars:
    urls = [{"owner": f"{name}@acme.example", "url": f"{url}/{name}.ics"} for name in names]
    return Calendars(home, NOW, system="icalendar", urls=urls)


def test_asked_again_only_when_changed(tmp_path: Path) -> None:
    published = Published(ann=ics(ONE, TWO))
    with api_server(published) as server:
        source = calendars(tmp_path, server.url, "ann")
        assert source.ingest() == {"landed": 2, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert source.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}
        assert "if-none-match" in server.seen[1].headers
        published.files["/ann.ics"] = ics(ONE)
        assert source.ingest() == {"landed": 0, "deleted": 1, "rejected": 0, "unchanged": 1}
    assert source.current("uid, calendar_owner") == [("one", "ann@acme.example")]


def test_a_published_calendar_that_forgets_the_past_deletes_none_of_it(tmp_path: Path) -> None:
    """Exchange publishes three months back: every day the oldest events are missing."""

    def event(uid: str, day: str, *lines: str) -> str:
        return "\n".join([f"UID:{uid}", f"DTSTART:{day}T090000Z", f"DTEND:{day}T100000Z", *lines])

    weekly = event("weekly", "20250505", "RRULE:FREQ=WEEKLY;UNTIL=20260331T000000Z")
    ended = event("ended", "20251103", "RRULE:FREQ=WEEKLY;COUNT=3")
    kept, ahead = event("kept", "20260108"), event("ahead", "20260320")
    whole = [weekly, ended, event("old", "20251204"), event("moved", "20251205"), kept, ahead]
    published = Published(ann=ics(*whole, event("deleted", "20260112")))
    with api_server(published) as server:
        source = calendars(tmp_path, server.url, "ann")
        source.ingest()
        of_series = len([uid for (uid,) in source.current("uid") if uid == "weekly"])
        published.files["/ann.ics"] = ics(weekly, kept, event("moved", "20260321"))
        assert source.ingest()["deleted"] == 3, "what was moved, lay ahead, was deleted later"
        left = [uid for (uid,) in source.current("uid")]
        published.files["/ann.ics"] = ics(weekly)  # whoever met nobody for three months
        assert source.ingest()["deleted"] == 1, "what still lay ahead"
    assert left == ["ended"] * 3 + ["kept", "moved", "old"] + ["weekly"] * of_series


def test_last_modified_serves_where_there_is_no_etag(tmp_path: Path) -> None:
    when = "Tue, 10 Mar 2026 07:00:00 GMT"

    def answer(request: Request) -> Reply:
        if request.headers.get("if-modified-since") == when:
            return Reply(b"", 304)
        return Reply(ics(ONE), headers={**CALENDAR, "Last-Modified": when})

    with api_server(answer) as server:
        source = calendars(tmp_path, server.url, "ann")
        source.ingest()
        assert source.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 0}


def test_unchanged_but_the_window_has_moved(tmp_path: Path) -> None:
    published = Published(ann=ics("UID:m\nDTSTART:20260301T090000Z\nRRULE:FREQ=MONTHLY"))
    with api_server(published) as server:
        source = calendars(tmp_path, server.url, "ann")
        source.ingest()
        assert source.ingest(days=31)["landed"] == 1
        assert "if-none-match" not in server.seen[-1].headers
        source.ingest()
        assert "if-none-match" in server.seen[-1].headers


def test_another_owner_makes_other_records(tmp_path: Path) -> None:
    with api_server(Published(ann=ics(ONE))) as server:
        source = calendars(tmp_path, server.url, "ann")
        source.ingest()
        (calendar,) = source.entry.urls
        renamed = calendar.model_copy(update={"url": calendar.url, "owner": "eve@acme.example"})
        source.entry = source.entry.model_copy(update={"urls": (renamed,)})
        assert source.ingest()["landed"] == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(b"<!DOCTYPE html><html>Sign in</html>", headers={"Content-Type": "text/html"}), "a web page"),
        (Reply(b"<html>Sign in</html>", headers=CALENDAR), "a web page"),
        (Reply(b"", 404), "answered 404"),
        (Reply(b"", 503), "answered 503"),
        (Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "with application/pdf"),
    ],
    ids=["html", "html called a calendar", "404", "503", "pdf"],
)
def test_what_is_no_calendar_deletes_nothing_and_stops_nobody_else(
    tmp_path: Path, reply: Reply, said: str
) -> None:
    published = Published(ann=ics(ONE), bob=ics(TWO))
    with api_server(published) as server:
        source = calendars(tmp_path, server.url, "ann", "bob")
        source.ingest()
        published.files |= {"/ann.ics": reply, "/bob.ics": ics(TWO, ONE)}
        assert source.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 1}
        assert said in source.warnings[0]
        assert "ann@acme" not in source.warnings[0]
        published.files |= {"/bob.ics": reply}
        with pytest.raises(PipelineError, match=said):
            source.ingest()
        published.files["/ann.ics"] = ics(ONE)
        source.ingest()
    assert len(source.current("uid")) == 3


def test_an_empty_or_cut_off_file_deletes_nothing(tmp_path: Path) -> None:
    published = Published(ann=ics(ONE, TWO))
    with api_server(published) as server:
        source = calendars(tmp_path, server.url, "ann")
        source.ingest()
        published.files["/ann.ics"] = ics()
        assert source.ingest()["deleted"] == 0
        assert "nothing was taken for deleted" in source.warnings[0]
        published.files["/ann.ics"] = ics(ONE, TWO)[:-40]
        assert source.ingest() == {"landed": 0, "deleted": 0, "rejected": 1, "unchanged": 1}
        published.files["/ann.ics"] = ics(ONE)
        assert source.ingest()["deleted"] == 1, "what was refused is asked for again"


def test_too_large_is_not_downloaded_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.sources.calendar import ics_urls

    defaults = (ExpansionLimits(max_file_bytes=200_000),)
    monkeypatch.setattr(ics_urls.url_feeds, "__defaults__", defaults)
    huge = Reply(b"BEGIN:VCALENDAR\r\n" + b"X" * 5_000_000, headers=CALENDAR, has_length=False)
    with api_server(lambda _: huge) as server:
        with pytest.raises(PipelineError, match="more than 200,000 bytes"):
            calendars(tmp_path, server.url, "ann").ingest()
        assert len(server.seen) == 1


def test_redirects_are_followed_but_not_for_ever(tmp_path: Path) -> None:
    published = Published(ann=Reply(b"", 302, {"Location": SECRET}))
    published.files[SECRET] = ics(ONE)
    with api_server(published) as server:
        source = calendars(tmp_path, server.url, "ann")
        assert source.ingest()["landed"] == 1
        published.files["/ann.ics"] = Reply(b"", 302, {"Location": "/ann.ics"})
        with pytest.raises(PipelineError, match="more than 5 redirects"):
            source.ingest()
        published.files["/ann.ics"] = Reply(b"", 302, {"Location": f"http://calendars.example{SECRET}"})
        with pytest.raises(PipelineError, match="without encryption"):
            source.ingest()


def test_a_secret_address_is_told_to_nobody(tmp_path: Path) -> None:
    published = Published()
    published.files[SECRET] = ics(ONE)
    with api_server(published) as server:
        urls = [{"owner": "ann@acme.example", "url_env": "ANN_URL"}]
        source = Calendars(tmp_path, NOW, {"ANN_URL": server.url + SECRET}, system="icalendar", urls=urls)
        source.ingest()
        assert source.current("_source_file") == [("url:ann@acme.example/calendar.ics",)]
        for reply in (Reply(b"", 500), Reply(b"", 302, {"Location": SECRET * 2})):
            published.files[SECRET] = reply
            with pytest.raises(PipelineError) as error:
                source.ingest()
            assert "3f9a" not in str(error.value)
    told = [*source.said, source.landed_text()]
    told += [path.read_text() for path in (source.settings.landing / "_ingests").rglob("*.json")]
    assert not [text for text in told if "3f9a" in text]


def test_addresses() -> None:
    assert _address(" webcal://x.example/a.ics") == "https://x.example/a.ics"
    assert _address("WEBCALS://x.example/a.ics") == "https://x.example/a.ics"
    assert _address("https://x.example/a.ics") == "https://x.example/a.ics"
