"""Whose calendar a file of a folder or a zip is."""

import gzip
from pathlib import Path, PurePosixPath

import pytest

from orchestration.catalog import objects_of
from orchestration.errors import PipelineError
from tests.unit.source_files import entry, feeds_of, files_with, rows_of, zipped


def test_calendar_owners_and_window(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{event}END:VCALENDAR\r\n"
    folder = files_with(tmp_path / "c", {"ann.ics": text, "team/bob@acme.io.ics": text, "x.txt": ""})
    source = entry("icalendar", folder, owner_from="file_name", owners={"ann": "ann@acme.io"})
    feed = feeds_of(source)["occurrences"]
    assert {row["calendar_owner"] for row in rows_of(feed)} == {"ann@acme.io", "bob@acme.io"}
    assert feed.warnings == ("not read: x.txt",)
    assert feed.listed_between is not None
    assert feed.listed_between[0] == "occurrence_start"
    assert feed.listed_between[1] < "2024-07-10"
    assert feed.key == objects_of("icalendar")["occurrences"].key


def test_calendars_in_zips_and_those_that_are_no_persons(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{event}END:VCALENDAR\r\n"
    team = "Team_c_1a2b@group.calendar.google.com.ics"
    (tmp_path / "c").mkdir()
    zipped(tmp_path / "c" / "ann@acme.io.ical.zip", {"ann@acme.io.ics": text, team: text})
    (tmp_path / "c" / "bob@acme.io.ics.gz").write_bytes(gzip.compress(text.encode()))
    feed = feeds_of(entry("icalendar", tmp_path / "c", owner_from="file_name"))["occurrences"]
    rows = rows_of(feed)
    assert {(row["calendar_owner"], row["_source_file"]) for row in rows} == {
        ("ann@acme.io", "ann@acme.io.ical.zip/ann@acme.io.ics"),
        ("bob@acme.io", "bob@acme.io.ics.gz"),
    }
    (warning,) = feed.warnings
    assert team in warning and "`owners`" in warning
    told = {PurePosixPath(team).stem: "lead@acme.io"}
    feed = feeds_of(entry("icalendar", tmp_path / "c", owner_from="file_name", owners=told))["occurrences"]
    assert "lead@acme.io" in {row["calendar_owner"] for row in rows_of(feed)}
    feed = feeds_of(entry("icalendar", tmp_path / "c", owner_from="folder_name"))["occurrences"]
    assert "ann@acme.io" in {row["calendar_owner"] for row in rows_of(feed)}
    zipped(tmp_path / "c" / "x.zip", {"a.ics": text})
    (tmp_path / "c" / "x.ics.gz").write_bytes(gzip.compress(text.encode())[:-8])
    with pytest.raises(PipelineError, match=r"x\.ics\.gz"):
        rows_of(feeds_of(entry("icalendar", tmp_path / "c", owner_from="file_name"))["occurrences"])


def test_calendars_within_a_persons_folder_are_that_persons(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{event}END:VCALENDAR\r\n"
    folder = files_with(
        tmp_path / "c", {"ann/2026/work.ics": text, "bob@acme.io/work.ics": text, "ann/carl/home.ics": text}
    )
    (folder / "dora").mkdir()
    zipped(folder / "dora" / "takeout-1.zip", {"Takeout/Calendar/Work.ics": text})
    owners = {"ann": "ann@acme.io", "carl": "carl@acme.io", "dora": "dora@acme.io", "Erik": "erik@acme.io"}
    source = entry("icalendar", folder, owner_from="folder_name", owners=owners)
    feed = feeds_of(source)["occurrences"]
    assert {(row["calendar_owner"], row["_source_file"]) for row in rows_of(feed)} == {
        ("ann@acme.io", "ann/2026/work.ics"),
        ("bob@acme.io", "bob@acme.io/work.ics"),
        ("carl@acme.io", "ann/carl/home.ics"),
        ("dora@acme.io", "dora/takeout-1.zip/Takeout/Calendar/Work.ics"),
    }
    assert feed.warnings == ("`owners` names what no folder is called: Erik",)
