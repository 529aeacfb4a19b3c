"""Calendars as text for the tests of the iCalendar reader."""

import datetime as dt

from orchestration.sources.calendar.occurrences import expand_bytes
from orchestration.sources.calendar.shapes import COLUMNS, ExpansionLimits, Rejection, Scope

YEAR_2026 = Scope(
    window_start=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    window_end=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
    floating_zone="Europe/Berlin",
    owner="ann@acme.io",
)
DEFAULT_LIMITS = ExpansionLimits()
OK_EVENT = ("BEGIN:VEVENT", "UID:ok", "DTSTART:20260105T090000Z", "DTEND:20260105T100000Z", "END:VEVENT")


def event(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", *lines, "END:VEVENT")


def calendar(*lines: str) -> bytes:
    text = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Acme//Test//EN", *lines, "END:VCALENDAR", "")
    return "\r\n".join(text).encode()


def expand(
    content: bytes, scope: Scope = YEAR_2026, limits: ExpansionLimits = DEFAULT_LIMITS
) -> tuple[list[dict[str, str | None]], list[Rejection]]:
    """Rows as dicts by column, in order of start, and the rejections."""
    expansion = expand_bytes(content, scope, limits)
    rows = [dict(zip(COLUMNS, values, strict=True)) for _, values in expansion.rows]
    return sorted(rows, key=lambda row: (row["starts_at"], row["uid"])), expansion.rejected


def rows_of(*lines: str, scope: Scope = YEAR_2026) -> list[dict[str, str | None]]:
    """The rows of one event with these lines; nothing of it may be rejected."""
    rows, rejected = expand(calendar(*event(*lines)), scope)
    assert rejected == []
    return rows


def starts(rows: list[dict[str, str | None]]) -> list[str | None]:
    return [row["starts_at"] for row in rows]
