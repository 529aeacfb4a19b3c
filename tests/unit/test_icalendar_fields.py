"""What an occurrence says about itself, what a private one keeps silent, and whose it is."""

import json
from dataclasses import replace

import pytest

from orchestration.sources.calendar.event_fields import CONTENT_COLUMNS
from tests.unit.icalendar_builder import YEAR_2026, calendar, event, expand, rows_of

WHEN = ("UID:1", "DTSTART:20260105T090000Z", "DTEND:20260105T100000Z")
SECRET = "Oncology"
SECRETS = (
    f"SUMMARY:{SECRET}",
    f"DESCRIPTION:{SECRET} notes",
    f"LOCATION:{SECRET} ward",
    f"ORGANIZER;CN={SECRET}:mailto:{SECRET}@clinic.org",
    f"ATTENDEE;CN={SECRET}:mailto:{SECRET}@clinic.org",
    f"CATEGORIES:{SECRET}",
    f"CONFERENCE;VALUE=URI:https://zoom.us/j/{SECRET}",
    f"X-ALT-DESC:{SECRET}",
    f"COMMENT:{SECRET}",
)


def test_content_of_an_event() -> None:
    (row,) = rows_of(
        *WHEN,
        "SUMMARY:Angebot\\, Teil 2",
        "DESCRIPTION:Zeile 1\\nZeile 2",
        "LOCATION:Wien",
        "STATUS:confirmed",
        "TRANSP:TRANSPARENT",
        "ORGANIZER;CN=Ann:MAILTO:ann@acme.io",
        "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:mailto:bob@buyer.com",
        "ATTENDEE;EMAIL=room@acme.io;CUTYPE=ROOM:urn:uuid:4a2d",
        "CATEGORIES:Sales,Q1\\, plan",
        "CREATED:20251201T080000Z",
        "LAST-MODIFIED:20251202T080000Z",
        "SEQUENCE:3",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
    )
    assert row["summary"] == "Angebot, Teil 2"
    assert row["description"] == "Zeile 1\nZeile 2"
    assert (row["location"], row["organizer_email"]) == ("Wien", "ann@acme.io")
    assert (row["status"], row["transparency"], row["visibility"]) == ("CONFIRMED", "TRANSPARENT", "PUBLIC")
    bob = {"email": "bob@buyer.com", "name": "Bob", "response": "ACCEPTED", "role": "REQ-PARTICIPANT"}
    room = {"email": "room@acme.io", "name": None, "response": None, "role": None, "type": "ROOM"}
    assert json.loads(row["attendees"] or "") == [bob | {"type": "INDIVIDUAL"}, room]
    assert json.loads(row["categories"] or "") == ["Sales", "Q1, plan"]
    assert row["created"] == "2025-12-01T08:00:00+00:00"
    assert row["last_modified"] == "2025-12-02T08:00:00+00:00"
    assert (row["sequence"], row["event_type"], row["series_kind"]) == ("3", "outOfOffice", "single")
    assert row["recurrence_id"] is None


def test_what_is_absent_is_null_and_no_attendees_are_none() -> None:
    (row,) = rows_of(*WHEN)
    for name in (
        "summary",
        "description",
        "location",
        "organizer_email",
        "conference_url",
        "status",
        "created",
    ):
        assert row[name] is None
    assert (row["attendees"], row["categories"]) == ("[]", "[]")
    assert (row["transparency"], row["visibility"], row["event_type"]) == ("OPAQUE", "PUBLIC", "default")


def test_an_optional_value_that_cannot_be_read_lands_as_written() -> None:
    (row,) = rows_of(*WHEN, "LAST-MODIFIED:gestern", "SEQUENCE:two")
    assert (row["last_modified"], row["sequence"]) == ("gestern", "two")


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("CONFERENCE;VALUE=URI:https://example.com/meet", "https://example.com/meet"),
        ("X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij", "https://meet.google.com/abc-defg-hij"),
        ("LOCATION:https://acme.zoom.us/j/123?pwd=x", "https://acme.zoom.us/j/123?pwd=x"),
        (
            "DESCRIPTION:Join <https://teams.microsoft.com/l/meetup-join/19%3a>\\nTel. 1",
            "https://teams.microsoft.com/l/meetup-join/19%3a",
        ),
        ("DESCRIPTION:see https://example.com/agenda", None),
        ("CONFERENCE;VALUE=URI:tel:+431234", None),
    ],
)
def test_conference_links(line: str, url: str | None) -> None:
    (row,) = rows_of(*WHEN, line)
    assert row["conference_url"] == url


@pytest.mark.parametrize("kind", ["PRIVATE", "private", "CONFIDENTIAL", "X-FAMILY"])
def test_a_private_event_lands_as_busy_time_only(kind: str) -> None:
    content = calendar(*event(*WHEN, f"CLASS:{kind}", *SECRETS))
    (row,), rejected = expand(content)
    assert rejected == []
    assert {name: row[name] for name in CONTENT_COLUMNS} == dict.fromkeys(CONTENT_COLUMNS)
    assert SECRET not in json.dumps(row)
    assert (row["starts_at"], row["visibility"]) == ("2026-01-05T09:00:00+00:00", kind.upper())


def test_of_a_private_event_the_owners_own_answer_is_kept() -> None:
    own = "ATTENDEE;CN=Oncology;PARTSTAT=DECLINED;ROLE=CHAIR:mailto:Ann@Acme.io"
    (row,), _ = expand(calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS, own)))
    assert json.loads(row["attendees"] or "") == [{"email": "ann@acme.io", "response": "DECLINED"}]
    assert SECRET not in json.dumps(row)


@pytest.mark.parametrize(
    "marks",
    [
        ("X-CALENDARSERVER-ACCESS:CONFIDENTIAL", "CLASS:PUBLIC"),
        ("CLASS PRIVATE",),  # the line cannot be parsed
        ("CLASS:PUBLIC", "CLASS:PRIVATE"),
    ],
)
def test_a_doubtful_class_counts_as_private(marks: tuple[str, ...]) -> None:
    (row,), _ = expand(calendar(*event(*WHEN, *marks, *SECRETS)))
    assert SECRET not in json.dumps(row)


def test_an_override_of_a_private_series_is_private_unless_it_says_otherwise() -> None:
    master = event("UID:1", "DTSTART:20260105T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "CLASS:PRIVATE", *SECRETS)
    silent = event("UID:1", "RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T120000Z", *SECRETS)
    public = event(
        "UID:1", "RECURRENCE-ID:20260107T090000Z", "DTSTART:20260107T120000Z", "CLASS:PUBLIC", "SUMMARY:Lunch"
    )
    rows, _ = expand(calendar(*master, *silent, *public))
    assert [row["summary"] for row in rows] == [None, None, "Lunch"]
    assert SECRET not in json.dumps(rows)


@pytest.mark.parametrize(
    "broken",
    [
        calendar(*event("UID:1", "CLASS:PRIVATE", *SECRETS)),  # no start
        calendar(*event("UID:1", "DTSTART;X=", "CLASS:PRIVATE", *SECRETS, SECRET)),
        calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS, "RRULE:FREQ=SECONDLY")),
        calendar(*event(*WHEN, "CLA\r\n SS:PRIVATE", *SECRETS))[:-20],  # cut off
        calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS), "CALSCALE:JULIAN"),
        calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS))[:-20].decode().encode("utf-16"),
    ],
)
def test_a_rejected_private_event_does_not_leak_through_the_rejection(broken: bytes) -> None:
    rows, rejected = expand(broken)
    assert rows == []
    assert rejected
    for rejection in rejected:
        assert SECRET not in rejection.reason
        assert SECRET not in rejection.record


@pytest.mark.parametrize(
    "content",
    [
        calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS), f"X{SECRET} no colon"),
        calendar(*event(*WHEN, *SECRETS), "no colon", "CLASS PRIVATE"),
        calendar("BEGIN:VTODO", "CLASS:PRIVATE", *event(*WHEN, *SECRETS)),  # whose class it is nobody knows
        calendar(
            *event(*WHEN, "CLASS:PRIVATE", *SECRETS),
            *("BEGIN:VEVENT", *WHEN, "RECURRENCE-ID:20260105T090000Z", *SECRETS),  # private by its series
        ),
        calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS), *event(*WHEN, *SECRETS, "CLASS:PRIVATE"))[:-50],
    ],
)
def test_of_a_private_event_in_a_file_that_does_not_parse_the_time_lands(content: bytes) -> None:
    (row,), rejected = expand(content)
    assert SECRET not in json.dumps(row)
    assert row["starts_at"] == "2026-01-05T09:00:00+00:00"
    for rejection in rejected:
        assert SECRET not in rejection.reason
        assert SECRET not in rejection.record


@pytest.mark.parametrize(
    "master",
    [
        event("UID:1", "DTSTART:20260105T090000Z", "CLASS:PRIVATE", "BEGIN:VALARM"),
        ("BEGIN:VEVENT", "UID:1", "DTSTART:20260105T090000Z"),  # what follows nobody knows
        ("BEGIN:VEVENT", "DTSTART:20260105T090000Z"),  # nor whose it is
    ],
)
def test_an_override_is_private_where_its_series_cannot_be_read(master: tuple[str, ...]) -> None:
    override = event("UID:1", "RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T120000Z", *SECRETS)
    (row,), rejected = expand(calendar(*master, *override))
    assert (row["starts_at"], len(rejected)) == ("2026-01-06T12:00:00+00:00", 1)
    assert SECRET not in json.dumps(row)


def test_the_rejected_record_of_a_private_event_still_says_when() -> None:
    _, (rejection,) = expand(calendar(*event(*WHEN, "CLASS:PRIVATE", *SECRETS, "RRULE:FREQ=SECONDLY")))
    assert "DTSTART:20260105T090000Z" in rejection.record
    assert "RRULE:FREQ=SECONDLY" in rejection.record


@pytest.mark.parametrize(
    ("written", "person"),
    [
        (";CN=Sales: Bob;PARTSTAT=DECLINED:mailto:a@x.com", ("a@x.com", "Sales: Bob", "DECLINED", None)),
        (";RSVP;PARTSTAT=ACCEPTED:mailto:a@x.com", ("a@x.com", None, "ACCEPTED", None)),
        (';CN=Müller, "Hans";CUTYPE=ROOM:mailto:a@x.com', ("a@x.com", "Müller, Hans", None, "ROOM")),
        (';CN=O"Neil:mailto:a@x.com', ("a@x.com", "ONeil", None, None)),
        (";CN=Doe, John:mailto:a@x.com", ("a@x.com", "Doe, John", None, None)),
        (":mailto:%22x%22%40x.com", ('"x"@x.com', None, None, None)),
        (
            ';CN="Doe; John: jr.";PARTSTAT=TENTATIVE : mailto:a@x.com',
            ("a@x.com", "Doe; John: jr.", "TENTATIVE", None),
        ),
        (';CN="a: mailto:b@x.com":mailto:a@x.com', ("a@x.com", "a: mailto:b@x.com", None, None)),
        (":invalid:nomail", (None, None, None, None)),
        # iCloud: where answers go is no address of the person's
        (";CN=A;EMAIL=a@x.com:mailto:2_GE3DOMJUGY4TA@imip.me.com", ("a@x.com", "A", None, None)),
        (";EMAIL=a:mailto:a@x.com", ("a@x.com", None, None, None)),
        (":MAILTO:'a@x.com'", ("a@x.com", None, None, None)),  # as typed into Outlook
        (":mailto:Ann%20%3Ca@x.com%3E", ("a@x.com", None, None, None)),
    ],
)
def test_people_however_they_are_written(written: str, person: tuple[str | None, ...]) -> None:
    (row,) = rows_of(*WHEN, f"ATTENDEE{written}", f"ORGANIZER{written}")
    (found,) = json.loads(row["attendees"] or "")
    assert (found["email"], found["name"], found["response"], found["type"]) == person
    assert row["organizer_email"] == person[0]


def test_words_are_read_however_they_are_spelled() -> None:
    (row,) = rows_of(
        *WHEN, "STATUS:Canceled ", "TRANSP: transparent ", "ATTENDEE;PARTSTAT=DECLINED :mailto:a@x.io"
    )
    assert (row["status"], row["transparency"]) == ("CANCELLED", "TRANSPARENT")
    assert json.loads(row["attendees"] or "")[0]["response"] == "DECLINED"


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gespr=C3=A4ch =\r\nmit M=C3=BCller",
        "SUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Gespr=E4ch mit M=FCller",
        "SUMMARY;QUOTED-PRINTABLE:Gespr=C3=A4ch mit M=C3=BCller",
    ],
)
def test_titles_as_vcalendar_encodes_them(line: str) -> None:
    (row,) = rows_of(*WHEN, line)
    assert row["summary"] == "Gespräch mit Müller"


def test_a_missing_uid_is_made_from_the_event_and_says_so() -> None:
    lines = ("DTSTART:20260105T090000Z", "SUMMARY:Call", "DTSTAMP:{0}")
    first, second = (
        rows_of(*(line.format(at) for line in lines))[0] for at in ("20250101T000000Z", "20260101T000000Z")
    )
    other = rows_of("DTSTART:20260105T090000Z", "SUMMARY:Other call")[0]
    assert str(first["uid"]).startswith("no-uid:")
    assert first["uid"] == second["uid"] != other["uid"]


@pytest.mark.parametrize(
    ("name", "owner", "expected"),
    [
        ("X-WR-CALNAME:Bob@Acme.io", None, "bob@acme.io"),
        ("X-WR-CALNAME:Bob's calendar", None, "folder/file"),
        ("X-WR-CALNAME:Bob@Acme.io", "ann@acme.io", "ann@acme.io"),
    ],
)
def test_whose_calendar_it_is(name: str, owner: str | None, expected: str) -> None:
    invitation = event(*WHEN, "ORGANIZER:mailto:buyer@customer.com")
    rows, _ = expand(
        calendar(name, *invitation), replace(YEAR_2026, owner=owner, fallback_owner="folder/file")
    )
    assert rows[0]["calendar_owner"] == expected


def test_a_cancellation_cancels_and_an_answer_is_no_event() -> None:
    rows, _ = expand(calendar("METHOD:CANCEL", *event(*WHEN, "STATUS:CONFIRMED")))
    assert rows[0]["status"] == "CANCELLED"
    rows, rejected = expand(calendar("METHOD:REPLY", *event(*WHEN)))
    assert (rows, rejected[0].code) == ([], "not_an_event")


def test_nul_characters_reject_their_event_only() -> None:
    rows, rejected = expand(
        calendar(*event("UID:0", "DTSTART:20260105T090000Z", "SUMMARY:a\0b"), *event(*WHEN))
    )
    assert ([row["uid"] for row in rows], rejected[0].code) == (["1"], "nul_character")


@pytest.mark.parametrize(
    ("lines", "status", "transparency"),
    [
        (
            ("STATUS:CONFIRMED", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"),
            "TENTATIVE",
            "OPAQUE",
        ),
        (("TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"), "TENTATIVE", "OPAQUE"),
        (("STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"), "CANCELLED", "OPAQUE"),
        (("STATUS:CONFIRMED", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"), "CONFIRMED", "OPAQUE"),
        (("TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"), None, "TRANSPARENT"),
        (("ATTENDEE:mailto:a@x.io", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"), None, "OPAQUE"),
    ],
)
def test_what_outlook_says_of_an_invitation_that_nobody_answered(
    lines: tuple[str, ...], status: str | None, transparency: str
) -> None:
    (row,) = rows_of(*WHEN, *lines)
    assert (row["status"], row["transparency"]) == (status, transparency)
