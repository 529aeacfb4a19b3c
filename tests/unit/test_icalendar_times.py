"""When an occurrence takes place: zones, floating and all-day times, clock changes."""

from dataclasses import replace

import pytest

from orchestration.catalog import objects_of
from orchestration.sources.calendar.occurrence_rows import occurrence_batch
from orchestration.sources.calendar.occurrences import expand_bytes
from tests.unit.icalendar_builder import (
    DEFAULT_LIMITS,
    YEAR_2026,
    calendar,
    event,
    expand,
    rows_of,
    starts,
)

DAY = "DTSTART;VALUE=DATE:20260105"
CUSTOM_ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Kontor", "BEGIN:STANDARD", "DTSTART:19700101T000000",
    "TZOFFSETFROM:{0}", "TZOFFSETTO:{0}", "TZNAME:K", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@pytest.mark.parametrize(
    ("start", "utc", "zone", "is_floating"),
    [
        ("DTSTART:20260105T090000Z", "09:00", "UTC", "false"),
        ("DTSTART;TZID=America/New_York:20260105T090000", "14:00", "America/New_York", "false"),
        ('DTSTART;TZID="W. Europe Standard Time":20260105T090000', "08:00", "Europe/Berlin", "false"),
        ("DTSTART;TZID=Pacific Standard Time:20260105T090000", "17:00", "America/Los_Angeles", "false"),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20260105T090000",
            "00:00",
            "Asia/Tokyo",
            "false",
        ),
        ("DTSTART:20260105T090000", "08:00", "Europe/Berlin", "true"),
        ("DTSTART;TZID=Nowhere Time:20260105T090000", "08:00", "Nowhere Time", "true"),
        ("DTSTART;TZID=Europe:20260105T090000", "08:00", "Europe", "true"),  # a folder of the zone database
    ],
)
@pytest.mark.filterwarnings("ignore:Timezone:UserWarning")  # the guess is what is tested
def test_zone_names(start: str, utc: str, zone: str, is_floating: str) -> None:
    (row,) = rows_of("UID:z", start, "DURATION:PT30M")
    assert row["starts_at"] == f"2026-01-05T{utc}:00+00:00"
    assert (row["time_zone"], row["is_floating"]) == (zone, is_floating)
    assert row["is_all_day"] == "false"


@pytest.mark.parametrize(
    ("name", "utc", "zone"),
    [
        ("europe/berlin", "07:00", "Europe/Berlin"),
        ("w. europe standard time", "07:00", "Europe/Berlin"),
        ("Europe/Berlin 1", "07:00", "Europe/Berlin"),
        ("PST", "16:00", "America/Los_Angeles"),
        ("PDT", "16:00", "America/Los_Angeles"),
        ("US/Pacific-New", "16:00", "America/Los_Angeles"),
        ("Eastern", "13:00", "America/New_York"),
        ("Eastern Time", "13:00", "America/New_York"),
        ("Eastern Daylight Time", "13:00", "America/New_York"),
        ("(GMT-05.00) Eastern Time (US & Canada)", "13:00", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern", "07:00", "Europe/Amsterdam"),
        ("(UTC+10:00) Canberra, Melbourne, Sydney", "23:00", "Australia/Canberra"),
        ("(UTC) Coordinated Universal Time", "09:00", "UTC"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "08:00", "Europe/Dublin"),
        ("CEST", "07:00", "CET"),
        ("UTC+2", "07:00", "Etc/GMT-2"),
        ("GMT+0200", "07:00", "Etc/GMT-2"),
        ("UTC-05:00", "14:00", "Etc/GMT+5"),
        ("GMT+05:30", "03:30", "GMT+05:30"),
        ("Z", "09:00", "UTC"),
        ("tzone://Microsoft/Utc", "09:00", "UTC"),
    ],
)
@pytest.mark.parametrize("quote", ['"', ""])
def test_names_that_no_database_has(name: str, utc: str, zone: str, quote: str) -> None:
    if not quote and "://" in name:
        return
    (row,) = rows_of("UID:z", f"DTSTART;TZID={quote}{name}{quote}:20260706T090000")
    day = "05" if utc == "23:00" else "06"
    assert row["starts_at"] == f"2026-07-{day}T{utc}:00+00:00"
    assert (row["time_zone"], row["is_floating"]) == (zone, "false")


def test_such_a_name_means_what_the_file_defines_in_whatever_letters() -> None:
    for name in ("PST", "Kontor"):
        zone = [line.format("+0500").replace("Kontor", name) for line in CUSTOM_ZONE]
        meeting = event("UID:1", f"DTSTART;TZID={name.lower()}:20260105T090000")
        assert starts(expand(calendar(*zone, *meeting))[0]) == ["2026-01-05T04:00:00+00:00"]
        assert starts(expand(calendar(*meeting, *zone))[0]) == ["2026-01-05T04:00:00+00:00"]


def test_names_that_mean_nothing_are_counted() -> None:
    unknown = event("UID:1", "DTSTART;TZID=Nowhere:20260105T090000", "RRULE:FREQ=DAILY;COUNT=3")
    misplaced = event("UID:2", 'DTSTART;TZID="(UTC+01:00) New York":20260105T090000')
    twice = event("UID:3", "DTSTART;TZID=Nowhere:20260105T090000")
    content = calendar(*unknown, *misplaced, *twice, *event("UID:4", "DTSTART:20260105T090000"))
    expansion = expand_bytes(content, YEAR_2026, DEFAULT_LIMITS)
    assert expansion.unknown_zones == {"Nowhere": 2, "(UTC+01:00) New York": 1}
    batch = occurrence_batch([("a.ics", expansion), ("b.ics", expansion)])
    assert [warning for warning in batch.warnings if "'Nowhere'" in warning and warning.endswith(" 4")]
    assert len(batch.warnings) == 2


@pytest.mark.parametrize("name", ["America/New_York", '"America/New_York"', "Nowhere"])
def test_a_time_in_utc_has_no_other_zone(name: str) -> None:
    rows = rows_of(
        "UID:u",
        f"DTSTART;TZID={name}:20260105T140000Z",
        f"DTEND;VALUE=DATE-TIME;TZID={name}:20260105T150000Z",
        "RRULE:FREQ=DAILY;COUNT=3",
        f"EXDATE;TZID={name}:20260106T140000Z",
    )
    assert [(row["starts_at"], row["ends_at"], row["time_zone"]) for row in rows] == [
        (f"2026-01-{day}T14:00:00+00:00", f"2026-01-{day}T15:00:00+00:00", "UTC") for day in ("05", "07")
    ]


def test_a_known_name_wins_over_the_definition_in_the_file_and_an_unknown_one_takes_it() -> None:
    zones = [line.format("+0500") for line in CUSTOM_ZONE]
    named = [line.replace("Kontor", "W. Europe Standard Time") for line in zones]
    rows, _ = expand(
        calendar(
            *zones,
            *named,
            *event("UID:1", "DTSTART;TZID=Kontor:20260105T090000"),
            *event("UID:2", "DTSTART;TZID=W. Europe Standard Time:20260105T090000"),
        )
    )
    assert [(row["uid"], row["starts_at"], row["time_zone"]) for row in rows] == [
        ("1", "2026-01-05T04:00:00+00:00", "Kontor"),
        ("2", "2026-01-05T08:00:00+00:00", "Europe/Berlin"),
    ]


def test_an_abbreviation_means_what_the_file_defines() -> None:
    zone = (
        "BEGIN:VTIMEZONE", "TZID:EST",
        "BEGIN:STANDARD", "DTSTART:16011104T020000", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
        "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:16010311T020000", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
        "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "END:DAYLIGHT", "END:VTIMEZONE",
    )  # fmt: skip
    meeting = event("UID:1", "DTSTART;TZID=EST:20260715T090000", "DURATION:PT1H")
    assert starts(expand(calendar(*zone, *meeting))[0]) == ["2026-07-15T13:00:00+00:00"]
    assert starts(expand(calendar(*meeting))[0]) == ["2026-07-15T14:00:00+00:00"]


def test_what_the_definition_of_a_zone_has_beside_its_rules_does_not_matter() -> None:
    zone = [line.format("+0500").replace("TZNAME:K", "TZNAME;LANGUAGE=de:K") for line in CUSTOM_ZONE]
    zone.insert(2, "TZUNTIL:20300101T000000Z")
    rows, rejected = expand(calendar(*zone, *event("UID:1", "DTSTART;TZID=Kontor:20260105T090000")))
    assert (starts(rows), rejected) == (["2026-01-05T04:00:00+00:00"], [])


def test_a_zone_that_one_file_defines_does_not_leak_into_the_next() -> None:
    meeting = event("UID:1", "DTSTART;TZID=Kontor:20260105T090000")
    for offset, utc in (("+0500", "04:00"), ("-0300", "12:00")):
        rows, _ = expand(calendar(*[line.format(offset) for line in CUSTOM_ZONE], *meeting))
        assert starts(rows) == [f"2026-01-05T{utc}:00+00:00"]


def test_the_calendars_own_zone_holds_for_floating_times_and_days_but_not_for_utc() -> None:
    rows, _ = expand(
        calendar(
            "X-WR-TIMEZONE:Asia/Tokyo",
            *event("UID:1", "DTSTART;VALUE=DATE:20260105"),
            *event("UID:2", "DTSTART:20260105T090000"),
            *event("UID:3", "DTSTART:20260105T090000Z"),
        )
    )
    assert starts(rows) == [f"2026-01-{at}:00+00:00" for at in ("04T15:00", "05T00:00", "05T09:00")]
    assert [row["time_zone"] for row in rows] == ["Asia/Tokyo", "Asia/Tokyo", "UTC"]


def test_an_unknown_calendar_zone_falls_back_to_the_configured_one() -> None:
    rows, _ = expand(calendar("X-WR-TIMEZONE:Mars/Olympus", *event("UID:1", "DTSTART:20260105T090000")))
    assert starts(rows) == ["2026-01-05T08:00:00+00:00"]


@pytest.mark.parametrize(
    ("lines", "starts_at", "ends_at"),
    [
        ((DAY,), "2026-01-04T23:00", "2026-01-05T23:00"),
        ((DAY, "DTEND;VALUE=DATE:20260105"), "2026-01-04T23:00", "2026-01-05T23:00"),
        ((DAY, "DTEND;VALUE=DATE:20260108"), "2026-01-04T23:00", "2026-01-07T23:00"),
        ((DAY, "DURATION:P2D"), "2026-01-04T23:00", "2026-01-06T23:00"),
        # 23 and 25 hours long
        (("DTSTART;VALUE=DATE:20260329",), "2026-03-28T23:00", "2026-03-29T22:00"),
        (("DTSTART;VALUE=DATE:20261025",), "2026-10-24T22:00", "2026-10-25T23:00"),
        # a date with a zone, and Exchange's midnights with a mark
        (("DTSTART;VALUE=DATE;TZID=Asia/Tokyo:20260105",), "2026-01-04T23:00", "2026-01-05T23:00"),
        (("DTSTART;TZID=Asia/Tokyo:20260105",), "2026-01-04T23:00", "2026-01-05T23:00"),
        (
            ("DTSTART;TZID=Asia/Tokyo:20260105", "DTEND;TZID=Asia/Tokyo:20260107"),
            "2026-01-04T23:00", "2026-01-06T23:00",
        ),
        (("DTSTART:20260105", "DTEND:20260106"), "2026-01-04T23:00", "2026-01-05T23:00"),
        (
            ("DTSTART:20260105T000000", "DTEND:20260106T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
            "2026-01-04T23:00", "2026-01-05T23:00",
        ),
        (
            ("DTSTART:20260328T230000Z", "DTEND:20260329T220000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
            "2026-03-28T23:00", "2026-03-29T22:00",
        ),
    ],
)  # fmt: skip
def test_all_day(lines: tuple[str, ...], starts_at: str, ends_at: str) -> None:
    (row,) = rows_of("UID:d", *lines)
    assert (row["is_all_day"], row["time_zone"]) == ("true", "Europe/Berlin")
    assert (row["starts_at"], row["ends_at"]) == (f"{starts_at}:00+00:00", f"{ends_at}:00+00:00")


def test_the_identity_of_an_all_day_occurrence_is_its_date_in_whatever_zone() -> None:
    lines = ("UID:d", "DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=DAILY;COUNT=2")
    for zone in ("Europe/Berlin", "America/New_York"):
        rows = rows_of(*lines, scope=replace(YEAR_2026, floating_zone=zone))
        assert [row["occurrence_start"] for row in rows] == ["2026-01-05", "2026-01-06"]


@pytest.mark.parametrize(
    ("local", "lines", "starts_at", "ends_at", "problem"),
    [
        # Berlin skips 02:00 to 03:00 on 29 March 2026, and has it twice on 25 October
        (
            "20260329T023000",
            ("DTEND;TZID=Europe/Berlin:20260329T030000",),
            "29T01:30",
            "29T02:00",
            "nonexistent",
        ),
        (
            "20261025T023000",
            ("DTEND;TZID=Europe/Berlin:20261025T030000",),
            "25T00:30",
            "25T01:00",
            "ambiguous",
        ),
        ("20260329T013000", ("DTEND;TZID=Europe/Berlin:20260329T033000",), "29T00:30", "29T01:30", None),
        ("20260328T220000", ("DTEND;TZID=Europe/Berlin:20260329T060000",), "28T21:00", "29T04:00", None),
        # hours of a DURATION are exact, days are days on the calendar
        ("20260328T220000", ("DURATION:PT8H",), "28T21:00", "29T05:00", None),
        ("20260328T220000", ("DURATION:P1D",), "28T21:00", "29T20:00", None),
        ("20260328T220000", ("DURATION:P1DT1H",), "28T21:00", "29T21:00", None),
    ],
)
def test_clock_changes(
    local: str, lines: tuple[str, ...], starts_at: str, ends_at: str, problem: str | None
) -> None:
    (row,) = rows_of("UID:c", f"DTSTART;TZID=Europe/Berlin:{local}", *lines)
    month = local[:4] + "-" + local[4:6]
    assert row["starts_at"] == f"{month}-{starts_at}:00+00:00"
    assert row["ends_at"] == f"{month}-{ends_at}:00+00:00"
    assert row["time_fold"] == problem


def test_only_the_occurrence_in_the_gap_is_marked() -> None:
    # the word must be readable as what the column is declared to be
    assert objects_of("icalendar")["occurrences"].types["time_fold"] == "text"
    rows = rows_of("UID:g", "DTSTART;TZID=Europe/Berlin:20260328T023000", "RRULE:FREQ=DAILY;COUNT=3")
    assert [row["time_fold"] for row in rows] == [None, "nonexistent", None]
    assert starts(rows) == [f"2026-03-{at}:00+00:00" for at in ("28T01:30", "29T01:30", "30T00:30")]


def test_an_event_over_midnight_and_over_the_edge_of_the_window() -> None:
    rows = rows_of(
        "UID:n",
        "DTSTART;TZID=Europe/Berlin:20251229T233000",
        "DTEND;TZID=Europe/Berlin:20251230T013000",
        "RRULE:FREQ=DAILY;COUNT=4",
    )
    # the third ends at 00:30 UTC of 1 January, inside the window
    assert [(row["starts_at"], row["ends_at"]) for row in rows] == [
        ("2025-12-31T22:30:00+00:00", "2026-01-01T00:30:00+00:00"),
        ("2026-01-01T22:30:00+00:00", "2026-01-02T00:30:00+00:00"),
    ]


def test_without_an_end_a_time_has_no_length() -> None:
    (row,) = rows_of("UID:e", "DTSTART:20260105T090000Z")
    assert row["starts_at"] == row["ends_at"]


def test_start_and_end_in_different_zones() -> None:
    (row,) = rows_of(
        "UID:f", "DTSTART;TZID=Europe/Berlin:20260105T100000", "DTEND;TZID=America/New_York:20260105T130000"
    )
    assert (row["starts_at"], row["ends_at"]) == ("2026-01-05T09:00:00+00:00", "2026-01-05T18:00:00+00:00")
