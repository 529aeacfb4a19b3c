"""Which occurrences a calendar has: rules, exceptions, overrides, revisions."""

import datetime as dt
from dataclasses import replace

import pytest

from orchestration.sources.calendar.occurrence_rows import occurrence_batch
from orchestration.sources.calendar.occurrences import expand_bytes
from tests.unit.icalendar_builder import (
    DEFAULT_LIMITS,
    OK_EVENT,
    YEAR_2026,
    calendar,
    event,
    expand,
    rows_of,
    starts,
)

WEEKLY = ("UID:w", "DTSTART;TZID=Europe/Berlin:20260105T090000", "DTEND;TZID=Europe/Berlin:20260105T100000")


def test_a_series_has_a_row_per_occurrence_and_keeps_its_wall_clock_over_dst() -> None:
    rows = rows_of(*WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20260406T070000Z")
    assert len(rows) == 14
    assert rows[0]["starts_at"] == "2026-01-05T08:00:00+00:00"
    assert rows[-1]["starts_at"] == "2026-04-06T07:00:00+00:00"
    assert {row["series_kind"] for row in rows} == {"recurring"}
    assert rows[3]["recurrence_id"] == rows[3]["occurrence_start"] == rows[3]["starts_at"]


@pytest.mark.parametrize(
    "exdate",
    ["EXDATE;TZID=Europe/Berlin:20260112T090000", "EXDATE:20260112T080000Z", "EXDATE;VALUE=DATE:20260112"],
)
def test_exdate_removes_one_occurrence_however_it_is_written(exdate: str) -> None:
    rows = rows_of(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3", exdate)
    assert starts(rows) == ["2026-01-05T08:00:00+00:00", "2026-01-19T08:00:00+00:00"]


@pytest.mark.parametrize(
    "lines",
    [
        ("RRULE:FREQ=WEEKLY; COUNT=2",),
        ("RRULE:FREQ=WEEKLY;COUNT=2;BYDAY=",),
        ("RRULE:FREQ=WEEKLY;COUNT=2;",),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO, TU;COUNT=3", "EXDATE:20260106T080000Z,"),
        ("RRULE: FREQ=WEEKLY;COUNT=2 ", "EXDATE:, ,"),
    ],
)
def test_blanks_and_what_is_empty_do_not_cost_a_series(lines: tuple[str, ...]) -> None:
    assert starts(rows_of(*WEEKLY, *lines)) == ["2026-01-05T08:00:00+00:00", "2026-01-12T08:00:00+00:00"]


def test_an_empty_exdate_excludes_nothing() -> None:
    assert len(rows_of(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:")) == 3


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("DTSTART;TZID=America/New_York:20260105T200000", "20260107T200000"),  # local, no Z
        ("DTSTART;TZID=America/New_York:20260105T200000", "20260107"),  # a day, inclusive
        ("DTSTART;TZID=America/New_York:20260105T200000", "20260108T010000Z"),
        ("DTSTART:20260105T200000", "20260107T190000Z"),  # floating in Europe/Berlin
        ("DTSTART;VALUE=DATE:20260105", "20260106T230000Z"),  # midnight of the 7th in Europe/Berlin
    ],
)
def test_the_last_occurrence_counts_however_until_is_written(start: str, until: str) -> None:
    assert len(rows_of("UID:u", start, f"RRULE:FREQ=DAILY;UNTIL={until}")) == 3


def test_rdate_adds_occurrences_and_a_period_brings_its_own_length() -> None:
    rows = rows_of(
        "UID:r",
        "DTSTART:20260105T090000Z",
        "DTEND:20260105T100000Z",
        "RDATE:20260107T090000Z",
        "RDATE;VALUE=PERIOD:20260109T090000Z/PT3H,20260110T090000Z/20260110T093000Z",
    )
    assert [(row["starts_at"], row["ends_at"]) for row in rows] == [
        ("2026-01-05T09:00:00+00:00", "2026-01-05T10:00:00+00:00"),
        ("2026-01-07T09:00:00+00:00", "2026-01-07T10:00:00+00:00"),
        ("2026-01-09T09:00:00+00:00", "2026-01-09T12:00:00+00:00"),
        ("2026-01-10T09:00:00+00:00", "2026-01-10T09:30:00+00:00"),
    ]


def series_with(*override: str, rule: str = "RRULE:FREQ=WEEKLY;COUNT=4") -> list[dict[str, str | None]]:
    rows, rejected = expand(calendar(*event(*WEEKLY, rule, "SUMMARY:Jour fixe"), *event("UID:w", *override)))
    assert rejected == []
    return rows


@pytest.mark.parametrize(
    "recurrence_id",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20260112T090000",
        "RECURRENCE-ID:20260112T080000Z",
        "RECURRENCE-ID;VALUE=DATE:20260112",
    ],
)
def test_an_override_replaces_its_occurrence_and_keeps_its_identity(recurrence_id: str) -> None:
    rows = series_with(
        recurrence_id, "DTSTART:20260113T140000Z", "DTEND:20260113T150000Z", "SUMMARY:Moved", "SEQUENCE:2"
    )
    assert len(rows) == 4
    moved = rows[1]
    assert (moved["summary"], moved["series_kind"], moved["sequence"]) == ("Moved", "override", "2")
    assert moved["starts_at"] == "2026-01-13T14:00:00+00:00"
    assert moved["occurrence_start"] == moved["recurrence_id"] == "2026-01-12T08:00:00+00:00"
    assert [row["summary"] for row in rows if row is not moved] == ["Jour fixe"] * 3


def test_a_cancelled_occurrence_is_kept_as_cancelled() -> None:
    rows = series_with(
        "RECURRENCE-ID:20260112T080000Z",
        "DTSTART:20260112T080000Z",
        "DTEND:20260112T090000Z",
        "STATUS:CANCELLED",
    )
    assert [row["status"] for row in rows] == [None, "CANCELLED", None, None]


@pytest.mark.parametrize(
    "recurrence_id",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20260112T090000",
        "RECURRENCE-ID:20260112T080000Z",
        "RECURRENCE-ID;VALUE=DATE:20260112",
    ],
)
@pytest.mark.parametrize(
    ("method", "status"), [("X-A:b", "STATUS:CANCELED"), ("METHOD:CANCEL", "SEQUENCE:3")]
)
def test_a_cancellation_of_one_occurrence_may_leave_out_its_start(
    recurrence_id: str, method: str, status: str
) -> None:
    master = calendar(*event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"))
    rows, rejected = expand(master + calendar(method, *event("UID:w", recurrence_id, status)))
    assert rejected == []
    assert [(row["occurrence_start"], row["status"]) for row in rows] == [
        ("2026-01-05T08:00:00+00:00", None),
        ("2026-01-12T08:00:00+00:00", "CANCELLED"),
        ("2026-01-19T08:00:00+00:00", None),
    ]
    (alone,), rejected = expand(calendar(method, *event("UID:w", recurrence_id, status)))
    assert (alone["status"], alone["occurrence_start"], rejected) == (
        "CANCELLED",
        "2026-01-12" if "VALUE=DATE" in recurrence_id else "2026-01-12T08:00:00+00:00",
        [],
    )


def test_a_cancellation_of_a_whole_event_may_leave_out_its_start() -> None:
    series = event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2", "SEQUENCE:1", "STATUS:CONFIRMED")
    called_off = event("UID:w", "STATUS:CANCELLED", "SEQUENCE:2")
    for lines in ((*series, *called_off), (*called_off, *series)):
        rows, rejected = expand(calendar(*lines))
        assert ([row["status"] for row in rows], rejected) == (["CANCELLED"] * 2, [])
    renewed = [line.replace("SEQUENCE:1", "SEQUENCE:3") for line in series]
    rows, _ = expand(calendar(*renewed, *called_off))
    assert [row["status"] for row in rows] == ["CONFIRMED"] * 2
    rows, rejected = expand(calendar(*called_off))
    assert (rows, [r.code for r in rejected]) == ([], ["no_start"])


def test_an_override_that_its_series_excludes_counts_if_it_is_newer() -> None:
    series = (*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3", "SEQUENCE:1")
    moved = ("UID:w", "RECURRENCE-ID:20260112T080000Z", "DTSTART:20260112T100000Z", "DTEND:20260112T110000Z")
    for excluded in ("EXDATE:20260112T080000Z", "EXDATE;TZID=Europe/Berlin:20260112T090000"):
        newer = calendar(*event(*series, excluded), *event(*moved, "SEQUENCE:2"))
        rows, rejected = expand(newer)
        assert [row["starts_at"] for row in rows][1] == "2026-01-12T10:00:00+00:00"
        assert (len(rows), rejected) == (3, [])
        expansion = expand_bytes(
            calendar(*event(*series, excluded), *event(*moved, "SEQUENCE:1")), YEAR_2026, DEFAULT_LIMITS
        )
        assert [(r.row, r.code) for r in expansion.rejected] == [(2, "excluded")]
        assert len(expansion.rows) == 2
        assert occurrence_batch([("a.ics", expansion)]).coverage.incomplete == ()


@pytest.mark.parametrize("mark", ["CLASS:PUBLIC", "CLASS:PRIVATE"])
def test_an_override_without_uid_belongs_to_the_series_without_uid_that_has_its_title(mark: str) -> None:
    series = event(*WEEKLY[1:], "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:Jour fixe", mark)
    other = event("DTSTART:20260105T090000Z", "RRULE:FREQ=WEEKLY;COUNT=1", "SUMMARY:Other", mark)
    moved = event("RECURRENCE-ID:20260112T080000Z", "DTSTART:20260113T080000Z", "SUMMARY:Jour fixe", mark)
    rows, rejected = expand(calendar(*moved, *series, *other))
    assert rejected == []
    assert sorted(starts(rows)) == [f"2026-01-{at}:00:00+00:00" for at in ("05T08", "05T09", "13T08")]
    assert len({row["uid"] for row in rows}) == 2
    rows, _ = expand(calendar(*moved, *series, *other, *event("DTSTART:20260601T090000Z", *series[3:-1])))
    assert len({row["uid"] for row in rows}) == 4  # two series have the title: nobody knows which is meant


@pytest.mark.parametrize(
    "override",
    [
        event("UID:w", "RECURRENCE-ID:20260112T080000Z", "DTSTART:morgen"),
        event("UID:w", "RECURRENCE-ID;VALUE=DATE:20260112"),
        event("RECURRENCE-ID;TZID=Europe/Berlin:20260112T090000", "UID:w", "BEGIN:VALARM"),
        ("BEGIN:VEVENT", "UID:w", "RECURRENCE-ID:20260112T080000Z", "SUMMARY:no end"),
    ],
)
def test_an_override_that_cannot_be_read_leaves_its_occurrence_as_it_was(override: tuple[str, ...]) -> None:
    """By its rule it would land where it no longer is, in place of what an earlier file said."""
    rows, rejected = expand(calendar(*event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), *override, *OK_EVENT))
    assert [row["starts_at"] for row in rows if row["uid"] == "w"] == [
        "2026-01-05T08:00:00+00:00",
        "2026-01-19T08:00:00+00:00",
    ]
    assert [rejection.row for rejection in rejected] == [2]


def test_this_and_future_moves_all_that_follow_and_each_keeps_its_own_identity() -> None:
    rows = series_with(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260119T090000",
        "DTSTART;TZID=Europe/Berlin:20260119T110000",
        "DTEND;TZID=Europe/Berlin:20260119T113000",
        "SUMMARY:Later",
    )
    assert [
        (row["occurrence_start"], row["starts_at"], row["ends_at"], row["series_kind"]) for row in rows[2:]
    ] == [
        ("2026-01-19T08:00:00+00:00", "2026-01-19T10:00:00+00:00", "2026-01-19T10:30:00+00:00", "override"),
        ("2026-01-26T08:00:00+00:00", "2026-01-26T10:00:00+00:00", "2026-01-26T10:30:00+00:00", "recurring"),
    ]
    assert [row["summary"] for row in rows] == ["Jour fixe", "Jour fixe", "Later", "Later"]


def test_an_override_moved_out_of_the_window_is_absent_and_one_moved_in_is_there() -> None:
    december = ("UID:w", "DTSTART:20251201T090000Z", "RRULE:FREQ=WEEKLY;COUNT=6", "DURATION:PT1H")
    out = event("UID:w", "RECURRENCE-ID:20260105T090000Z", "DTSTART:20251230T090000Z", "DURATION:PT1H")
    into = event("UID:w", "RECURRENCE-ID:20251201T090000Z", "DTSTART:20260220T090000Z", "DURATION:PT1H")
    rows, _ = expand(calendar(*event(*december), *out, *into))
    assert [(row["occurrence_start"], row["starts_at"]) for row in rows] == [
        ("2025-12-01T09:00:00+00:00", "2026-02-20T09:00:00+00:00")
    ]


def test_an_override_whose_series_is_not_in_the_file_lands() -> None:
    rows = rows_of("UID:o", "RECURRENCE-ID:20260112T080000Z", "DTSTART:20260113T080000Z", "DURATION:PT1H")
    assert rows[0]["occurrence_start"] == "2026-01-12T08:00:00+00:00"


def test_of_two_revisions_the_newer_lands_and_the_older_is_named() -> None:
    old = event("UID:v", "DTSTART:20260105T090000Z", "SEQUENCE:1", "DTSTAMP:20250103T000000Z", "SUMMARY:old")
    new = event("UID:v", "DTSTART:20260106T090000Z", "SEQUENCE:2", "DTSTAMP:20250102T000000Z", "SUMMARY:new")
    rows, rejected = expand(calendar(*new, *old))
    assert [row["summary"] for row in rows] == ["new"]
    assert [(r.row, r.code) for r in rejected] == [(2, "superseded")]
    assert "SUMMARY:old" in rejected[0].record
    assert "event 1 of the file" in rejected[0].reason


def test_an_exact_copy_is_no_second_event_and_no_rejection() -> None:
    rows, rejected = expand(calendar(*OK_EVENT, *OK_EVENT))
    assert (len(rows), rejected) == (1, [])


def test_different_events_that_share_a_uid_all_land() -> None:
    same = ("UID:same", "DTSTAMP:20250517T080612Z")
    rows, rejected = expand(
        calendar(*event(*same, "DTSTART:20260321T063000Z"), *event(*same, "DTSTART:20260328T070000Z"))
    )
    assert (len(rows), rejected) == (2, [])
    assert len({(row["uid"], row["occurrence_start"]) for row in rows}) == 2


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        (("RRULE:FREQ=SECONDLY",), "bad_rule", "FREQ=SECONDLY is not one of"),
        (("RRULE:FREQ=MINUTELY;COUNT=3",), "bad_rule", "FREQ=MINUTELY"),
        (("RRULE:FREQ=HOURLY",), "bad_rule", "FREQ=HOURLY"),
        (("RRULE:COUNT=3",), "bad_rule", "FREQ is missing"),
        (("RRULE:FREQ=DAILY;INTERVAL=0",), "bad_rule", "INTERVAL is not positive"),
        (("RRULE:FREQ=DAILY;INTERVAL=-1",), "bad_rule", "INTERVAL is not positive"),
        (("RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY;INTERVAL=2"), "bad_rule", "EXRULE"),
        (("RRULE:FREQ=SOMETIMES",), "bad_rule", "RRULE cannot be read"),
        (("RRULE:RSCALE=HEBREW;FREQ=YEARLY",), "bad_rule", "RSCALE"),
        (("RRULE:FREQ=DAILY;UNTIL=20991231T000000Z;BYHOUR=0,4,8,12,16,20",), "too_many_instances", "2,000"),
        (("DTEND:19691231T000000Z",), "ends_before_start", "lies before"),
        (("DURATION:-PT1H",), "ends_before_start", "negative"),
        (("EXDATE:gestern",), "bad_time", "EXDATE cannot be read"),
        (("DTSTART:19700102T000000Z",), "bad_time", "DTSTART is given 2 times"),
    ],
)
def test_an_event_that_cannot_be_expanded_is_rejected_and_the_others_land(
    lines: tuple[str, ...], code: str, says: str
) -> None:
    bad = event("UID:bad", "DTSTART:19700101T000000Z", *lines)
    rows, rejected = expand(calendar(*bad, *OK_EVENT))
    assert [row["uid"] for row in rows] == ["ok"]
    assert [(r.row, r.code) for r in rejected] == [(1, code)]
    assert says in rejected[0].reason
    assert rejected[0].record.splitlines() == list(bad)


@pytest.mark.parametrize(
    ("line", "says"), [("SUMMARY:x", "missing"), ("DTSTART:morgen", "DTSTART cannot be read")]
)
def test_an_event_without_a_start_is_rejected(line: str, says: str) -> None:
    rows, rejected = expand(calendar(*event("UID:bad", line), *OK_EVENT))
    assert [row["uid"] for row in rows] == ["ok"]
    assert says in rejected[0].reason


def test_a_rule_of_a_thousand_million_occurrences_costs_only_the_window() -> None:
    assert len(rows_of("UID:m", "DTSTART:20250101T090000Z", "RRULE:FREQ=DAILY;COUNT=1000000000")) == 365


def test_a_long_window_holds_more_occurrences_than_a_short_one() -> None:
    scope = replace(YEAR_2026, window_start=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
    text = calendar(*event("UID:daily", "DTSTART:20200101T090000Z", "RRULE:FREQ=DAILY;BYHOUR=9,15"))
    expanded = expand_bytes(text, scope, DEFAULT_LIMITS)
    assert (len(expanded.rows), expanded.rejected) == (6 * 365 * 2 + 2, [])
