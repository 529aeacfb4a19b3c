"""Bytes to components: encoding, parsing, and what of a rejected text may be kept.

Belongs here: everything before recurrence. Runs in the expansion process, `keepable_text` also in
the parent, for a file whose expansion was stopped.
"""

import codecs
import re
from dataclasses import dataclass

from icalendar import Calendar
from icalendar.cal.component import Component

from orchestration.sources.calendar.time_zones import forget_zones, needs_definition

# What a parser raises on odd input: icalendar and dateutil document none of it.
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Anchored to the first line break of a run: `(\r?\n)+[ \t]` takes minutes over a megabyte of empty lines.
_FOLD = re.compile(r"(?:(?<!\n)\r\n|(?<![\r\n])\n)(?:\r?\n)*[ \t]")
_BEGIN_OR_END = re.compile(r"^(BEGIN|END)[ \t]*:[ \t]*([\w-]+)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_EVENT = re.compile(
    r"^BEGIN:VEVENT[ \t\r]*$.*?^END:VEVENT[ \t]*(?=\r?$)", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_PRIVACY_MARK = re.compile(
    r"^(?:CLASS|X-CALENDARSERVER-ACCESS)\b(?![^\r\n]*:[ \t]*PUBLIC[ \t\r]*$)", re.I | re.M
)
_COMPONENTS = frozenset(
    {"VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"}
)
# Not read, so not parsed either: one alarm with `TRIGGER:PT-2H` would cost the whole calendar.
_UNREAD = re.compile(
    r"^BEGIN:(V(?:ALARM|TODO|JOURNAL|FREEBUSY|AVAILABILITY))[ \t\r]*$.*?^END:\1[ \t\r]*$",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
# How often to ask for the calendar: many write P1H for PT1H, which would cost the whole calendar as well.
_REFRESH = re.compile(
    r"^REFRESH-INTERVAL[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?", re.IGNORECASE | re.MULTILINE
)
_ZONE = re.compile(
    r"^BEGIN:VTIMEZONE[ \t\r]*$.*?^END:VTIMEZONE[ \t]*(?=\r?$)", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_ZONE_NAME = re.compile(r"^TZID[^:\r\n]*:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
# What makes a zone. dateutil refuses one with anything else that it does not know: `TZNAME;LANGUAGE=de:MEZ`.
_ZONE_LINES = re.compile(
    r"(?:BEGIN|END|TZID|DTSTART|RRULE|RDATE|TZOFFSETFROM|TZOFFSETTO)(?=[;:])", re.IGNORECASE
)
# The lines of a private event that say when and how often, and nothing about what or with whom.
_TIME_LINES = re.compile(
    r"(?:BEGIN|END|UID|DTSTAMP|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|SEQUENCE|STATUS|TRANSP"
    r"|CLASS|CREATED|LAST-MODIFIED)(?=[;:])",
    re.IGNORECASE,
)
_MAX_REASON = 300


class Unreadable(Exception):
    """A file or a component that cannot land. `code` is for counting, the message for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Entry:
    """One VEVENT: `row` counts those of the file from 1, in the order written."""

    row: int
    event: Component
    calendar: Component | None


def decode(content: bytes) -> str:
    """The text of a calendar file: by its byte order mark, else UTF-16 where every other byte is
    zero, else UTF-8, else cp1252.

    Raises `Unreadable` where none fits.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        head = content[:200]
        if head[1::2].count(0) > len(head) / 3:
            candidates = ("utf-16-le",)
        elif head[::2].count(0) > len(head) / 3:
            candidates = ("utf-16-be",)
        else:
            candidates = ("utf-8", "cp1252")
    for encoding in candidates:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding", f"the text is not valid {' or '.join(candidates)}")


def parse(text: str) -> list[Entry]:
    """The events of every calendar in the text; none where it holds only tasks, zones or free/busy times.

    Raises `Unreadable` with the parser's reason where it is not iCalendar or is cut off.
    """
    forget_zones()
    _require_whole(text)
    try:
        components = Calendar.from_ical(_read_part(text), multiple=True)
    except UNREADABLE as error:
        raise Unreadable("not_icalendar", _without_private_text(str(error), text)) from None
    names = {component.name for component in components} | {name.upper() for name in _UNREAD.findall(text)}
    names |= {"VTIMEZONE"} if _ZONE.search(text) else set()
    if not names & _COMPONENTS:
        raise Unreadable("not_icalendar", "no calendar in it: BEGIN:VCALENDAR … END:VCALENDAR is missing")
    entries: list[Entry] = []
    for component in components:
        calendar = component if component.name == "VCALENDAR" else None
        if calendar and str(calendar.get("CALSCALE", "GREGORIAN")).upper() != "GREGORIAN":
            raise Unreadable("not_icalendar", f"CALSCALE {calendar['CALSCALE']}: only GREGORIAN can be read")
        for event in component.walk("VEVENT"):
            entries.append(Entry(len(entries) + 1, event, calendar))
    return entries


def _read_part(text: str) -> str:
    """The text without what nobody reads, so that no fault in it costs the calendar: among it the definitions
    of zones that are known by their names, in which `TZOFFSETFROM:+5328` is common."""
    return _ZONE.sub(_needed_zone, _REFRESH.sub("", _UNREAD.sub("", text)))


def _needed_zone(found: re.Match[str]) -> str:
    definition = _unfold(found[0])
    name = _ZONE_NAME.search(definition)
    if name and not needs_definition(name[1].strip()):
        return ""
    return "\r\n".join(line for line in re.split(r"\r?\n", definition) if _ZONE_LINES.match(line))


def event_texts(text: str) -> list[str]:
    """Every VEVENT as received, in the order written."""
    return _EVENT.findall(text)


def time_lines(event: str) -> str:
    """Of the text of a private event only the lines that say when."""
    return "\r\n".join(line for line in re.split(r"\r?\n", _unfold(event)) if _TIME_LINES.match(line))


def keepable_text(content: bytes) -> str:
    """A whole file for `rejected/`; empty where it marks anything private, because what cannot be
    parsed cannot be separated either. Undecodable bytes appear as \\xNN."""
    try:
        text = decode(content)
    except Unreadable:
        text = content.decode("utf-8", "backslashreplace")
    return "" if _marks_private(text) else text


def _unfold(text: str) -> str:
    return _FOLD.sub("", text)


def _marks_private(text: str) -> bool:
    return _PRIVACY_MARK.search(_unfold(text).replace("\0", "")) is not None


def _require_whole(text: str) -> None:
    """icalendar closes nothing itself: it silently drops a calendar whose END never comes."""
    unfolded = _unfold(text)
    opened: list[str] = []
    for match in _BEGIN_OR_END.finditer(unfolded):
        kind, name = match[1].upper(), match[2].upper()
        if kind == "BEGIN":
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        elif not (opened and opened[-1].startswith(name) and not unfolded[match.end() :].strip()):
            raise Unreadable("not_icalendar", f"END:{name} without its BEGIN")
    if opened:
        raise Unreadable("truncated", f"the text ends before END:{opened[-1]}: the file is cut off")


def _without_private_text(message: str, text: str) -> str:
    """Parsers quote the offending line, which may be a private event's title."""
    if _marks_private(text):
        message = re.sub(r"'.*'", "'…'", message, flags=re.DOTALL)
    return message[:_MAX_REASON]
