"""Calendar entries of the sources file: folders of .ics files over several ingests; impossible entries."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.sources.calendar.sync import CalendarRun, Marks, Window, window_around
from orchestration.sources.registry import open_feeds
from orchestration.sources.transport import Caller
from orchestration.sources_file import SourceEntry
from tests.unit.calendar_doubles import Calendars, ics

NOW = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)


def event(uid: str, *lines: str) -> str:
    return "\n".join([f"UID:{uid}", "DTSTART:20260312T090000Z", "DTEND:20260312T100000Z", *lines])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "calendars"
    path.mkdir()
    (path / "ann.ics").write_bytes(ics(event("a1"), event("a2"), event("a3")))
    (path / "bob.ics").write_bytes(ics(event("b1"), event("b2")))
    return path


@pytest.fixture
def team(folder: Path, tmp_path: Path) -> Calendars:
    return Calendars(tmp_path / "home", NOW, system="icalendar", path=folder, owner_from="file_name")


def uids(source: Calendars) -> list[str]:
    return [uid for (uid,) in source.current("uid")]


def test_what_a_folder_no_longer_holds_is_deleted(team: Calendars, folder: Path) -> None:
    team.ingest()
    (folder / "ann.ics").write_bytes(ics(event("a1"), event("a2")))
    assert team.ingest() == {"landed": 0, "deleted": 1, "rejected": 0, "unchanged": 4}
    (folder / "bob.ics").unlink()
    assert team.ingest()["deleted"] == 2
    assert uids(team) == ["a1", "a2"]


def test_an_export_of_a_later_span_deletes_nothing_before_it(team: Calendars, folder: Path) -> None:
    team.ingest()
    april = "UID:april\nDTSTART:20260402T090000Z\nDTEND:20260402T100000Z"
    (folder / "ann.ics").write_bytes(ics(april))
    assert team.ingest() == {"landed": 1, "deleted": 0, "rejected": 0, "unchanged": 2}
    assert uids(team) == ["a1", "a2", "a3", "april", "b1", "b2"]


def test_a_partial_export_deletes_nothing(team: Calendars, folder: Path) -> None:
    team.entry = team.entry.model_copy(update={"export": "partial"})
    team.ingest()
    (folder / "ann.ics").write_bytes(ics(event("a1")))
    assert team.ingest()["deleted"] == 0


def test_a_file_that_cannot_be_read_keeps_its_events(team: Calendars, folder: Path) -> None:
    team.ingest()
    (folder / "ann.ics").write_bytes(ics(event("a1"), event("a2"))[:-30])
    (folder / "bob.ics").write_bytes(ics(event("b1")))
    assert team.ingest() == {"landed": 0, "deleted": 1, "rejected": 1, "unchanged": 2}
    assert uids(team) == ["a1", "a2", "a3", "b1"]


def test_of_a_file_that_is_cut_off_the_whole_events_land_and_none_is_taken_for_deleted(
    team: Calendars, folder: Path
) -> None:
    team.ingest()
    moved = event("a1", "SUMMARY:Moved")
    (folder / "ann.ics").write_bytes(ics(moved, event("new"), event("a2"))[:-30])
    assert team.ingest() == {"landed": 2, "deleted": 0, "rejected": 1, "unchanged": 2}
    assert uids(team) == ["a1", "a2", "a3", "b1", "b2", "new"]


def test_an_event_that_does_not_end_costs_no_other_and_nothing_is_taken_for_deleted(
    team: Calendars, folder: Path
) -> None:
    team.ingest()
    broken = ics(event("a1"), event("a2", "SUMMARY:x"), event("new")).replace(
        b"SUMMARY:x\r\nEND:VEVENT", b"SUMMARY:x"
    )
    (folder / "ann.ics").write_bytes(broken)
    assert b"SUMMARY:x\r\nBEGIN:VEVENT" in broken
    assert team.ingest() == {"landed": 1, "deleted": 0, "rejected": 1, "unchanged": 3}
    assert uids(team) == ["a1", "a2", "a3", "b1", "b2", "new"]


def test_an_event_whose_begin_has_a_blank_behind_it_is_not_taken_for_deleted(
    team: Calendars, folder: Path
) -> None:
    team.ingest()
    spaced = ics(event("a1"), event("a2"), event("a3")).replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT ")
    (folder / "ann.ics").write_bytes(spaced)
    assert team.ingest() == {"landed": 0, "deleted": 0, "rejected": 0, "unchanged": 5}


def test_an_event_that_cannot_be_read_keeps_its_calendar(team: Calendars, folder: Path) -> None:
    """Which old records the rejected event stands for nobody can say: its UID may be what is broken."""
    team.ingest()
    (folder / "ann.ics").write_bytes(ics(event("a1"), event("a2", "RRULE:FREQ=SECONDLY")))
    (folder / "bob.ics").write_bytes(ics(event("b1")))
    assert team.ingest() == {"landed": 0, "deleted": 1, "rejected": 1, "unchanged": 2}
    assert uids(team) == ["a1", "a2", "a3", "b1"]


def test_an_event_that_ends_before_it_starts_hides_no_other(team: Calendars, folder: Path) -> None:
    flight = "UID:flight\nDTSTART:20260312T110000Z\nDTEND:20260312T103000Z"
    (folder / "ann.ics").write_bytes(ics(event("a1"), event("a2"), event("a3"), flight))
    assert team.ingest()["rejected"] == 1
    (folder / "ann.ics").write_bytes(ics(event("a1"), event("a2"), flight))
    assert team.ingest() == {"landed": 0, "deleted": 1, "rejected": 1, "unchanged": 4}


def test_an_outdated_copy_of_an_event_is_no_event_that_is_missing(team: Calendars, folder: Path) -> None:
    team.ingest()
    newer = event("a1", "SEQUENCE:2", "SUMMARY:Newer")
    (folder / "ann.ics").write_bytes(ics(event("a1", "SEQUENCE:1"), newer, event("a2")))
    assert team.ingest() == {"landed": 1, "deleted": 1, "rejected": 1, "unchanged": 3}
    assert uids(team) == ["a1", "a2", "b1", "b2"]


def test_two_exports_of_one_calendar_are_told(team: Calendars, folder: Path) -> None:
    """What was deleted between them nobody can see while the older one is there."""
    entry = team.entry.model_copy(update={"owner": "ann@x.io", "owner_from": None})

    def warnings() -> list[str]:
        (feed,) = open_feeds(entry, now=NOW, progress=lambda _: None)
        return [text for batch in feed.batches for text in batch.warnings]

    old = [event(f"e{n}") for n in range(6)]
    (folder / "may.ics").write_bytes(ics(*old))
    assert warnings() == []
    (folder / "june.ics").write_bytes(ics(*old[1:], *(event(f"new{n}") for n in range(9))))
    (told,) = warnings()
    assert "june.ics and may.ics" in told and "5 of 6 events" in told and "pairs" not in told
    (folder / "july.ics").write_bytes(ics(*(event(f"new{n}") for n in range(9))))
    (told,) = warnings()
    assert "july.ics and june.ics" in told and "is true: 2" in told
    (folder / "bob.ics").write_bytes(ics(*old[:4]))  # four invitations in common are no export
    assert len(warnings()) == 1


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("john@x.com", "john@x.com"),
        ("john@x.com (1)", "john@x.com"),
        ("Kalender john@x.com", "john@x.com"),
        ("john.doe@x.co.uk (2)", "john.doe@x.co.uk"),
        ("john_doe@x.com", "john_doe@x.com"),
        ("John Doe_john@x.com", None),
        ("john@x.com.ical", "john@x.com"),
        ("john@x.com and ann@x.com", None),
        ("john@home", None),
        ("John", None),
    ],
)
def test_the_owner_in_the_name_of_a_file(team: Calendars, folder: Path, name: str, owner: str | None) -> None:
    (folder / "bob.ics").unlink()
    (folder / "ann.ics").rename(folder / f"{name}.ics")
    text = (folder / f"{name}.ics").read_bytes()
    (folder / f"{name}.ics").write_bytes(text.replace(b"VERSION", b"X-WR-CALNAME:told@inside.com\r\nVERSION"))
    team.ingest()
    assert set(team.current("calendar_owner")) == {(owner or "told@inside.com",)}


def test_a_cancelled_invitation_in_another_file_is_the_later_one(team: Calendars, folder: Path) -> None:
    for name, method, day in (("invite", "REQUEST", "01"), ("cancel", "CANCEL", "02")):
        text = ics(event("m")).replace(b"DTSTAMP:20260101", f"DTSTAMP:202603{day}".encode())
        text = text.replace(b"VERSION", f"METHOD:{method}\r\nVERSION".encode())
        (folder / f"{name}.ics").write_bytes(text)
    team.entry = team.entry.model_copy(update={"owner": "ann@x.io", "owner_from": None})
    team.ingest()
    found = team.current("status, last_modified", "last_modified desc")
    assert found[:2] == [("CANCELLED", "2026-03-02T00:00:00+00:00"), (None, "2026-03-01T00:00:00+00:00")]


def test_of_a_calendar_when_it_was_exported_is_not_when_an_event_changed(
    team: Calendars, folder: Path
) -> None:
    for day in ("01", "02"):
        text = ics(event("a1")).replace(b"DTSTAMP:20260101", f"DTSTAMP:202603{day}".encode())
        (folder / "ann.ics").write_bytes(text)
        landed = team.ingest()["landed"]
    assert landed == 0


def test_windows_are_whole_months() -> None:
    assert window_around(NOW, 24, 12) == Window(
        datetime(2024, 3, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
    )
    assert window_around(NOW, 3, 0) == Window(
        datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("back", "ahead", "made_with", "holds"),
    [
        (24, 12, "ann", True),
        (12, 6, "ann", True),
        (25, 12, "ann", False),
        (24, 13, "ann", False),
        (24, 12, "eve", False),
    ],
)
def test_a_mark_holds_for_its_window_and_what_made_it(
    back: int, ahead: int, made_with: str, holds: bool
) -> None:
    def marks(months_back: int, months_ahead: int, state: dict[str, Any]) -> Marks:
        window = window_around(NOW, months_back, months_ahead)
        caller = Caller("cal", lambda _: None)
        return Marks.of(CalendarRun(caller, window, "UTC", state, lambda name: name))

    first = marks(24, 12, {})
    first.keep("c", "ann", previous={}, token="t")
    mark = marks(back, ahead, first.state()).mark("c", made_with)
    assert (mark.get("token") == "t") is holds


GOOGLE = {"calendars": ["a@x.example"], "service_account_env": "KEY"}
DAV = {"url": "https://dav.example", "collections": [{"path": "/a/", "owner": "a@x.example"}]}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"system": "google_calendar"}, "give google_calendar_api, and no path"),
        ({"system": "caldav", "path": "x"}, "give caldav_server, and no path"),
        ({"system": "icalendar"}, "give either path, where the files lie, or urls"),
        ({"system": "icalendar", "path": "x"}, "either owner or owner_from"),
        ({"system": "icalendar", "urls": [{"owner": "a"}]}, "give either url or url_env"),
        ({"system": "icalendar", "urls": [{"owner": "a", "url_env": "U"}] * 2}, "a name each"),
        (
            {"system": "icalendar", "urls": [{"owner": "a", "url_env": "U"}], "owner": "b"},
            "the owner of each",
        ),
        ({"system": "zoho", "path": "x", "caldav_server": DAV}, "zoho has no caldav_server"),
        ({"system": "zoho", "path": "x", "window_months_back": 3}, "zoho has no window_months_back"),
        (
            {"system": "google_calendar", "google_calendar_api": GOOGLE | {"client_id_env": "I"}},
            "give service_account",
        ),
        (
            {"system": "google_calendar", "google_calendar_api": {"calendars": ["a"]}},
            "needs service_account_env",
        ),
        ({"system": "google_calendar", "google_calendar_api": GOOGLE | {"calendars": []}}, "at least 1 item"),
        ({"system": "caldav", "caldav_server": DAV | {"user_env": "U"}}, "go together"),
        (
            {"system": "caldav", "caldav_server": DAV | {"url": "https://ann:pw@dav.example"}},
            "leave user and pass",
        ),
        ({"system": "caldav", "caldav_server": DAV | {"url": "dav.example"}}, "starts with https"),
    ],
)
def test_entries_that_cannot_be(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SourceEntry.model_validate({"name": "cal", **entry})
