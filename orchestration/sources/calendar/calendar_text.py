"""Bytes to components: encoding, parsing, and what of a rejected text may be kept.

Belongs here: everything before recurrence. Runs in the expansion process, `keepable_text` also in
the parent, for a file whose expansion was stopped.
"""

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from icalendar import Calendar
from icalendar.cal.component import Component

from orchestration.sources.calendar.event_blocks import BEGIN_OR_END, Block, cut_into_events
from orchestration.sources.calendar.line_repairs import plain_lines, repaired, unfold
from orchestration.sources.calendar.shapes import Rejection
from orchestration.sources.calendar.time_zones import forget_zones, name_zone, needs_definition

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
_UNREAD_NAMES = frozenset({"VALARM", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"})
_UNREAD = re.compile(
    rf"^BEGIN:({'|'.join(sorted(_UNREAD_NAMES))})[ \t\r]*$.*?^END:\1[ \t\r]*$",
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
_ZONE_LOCATION = re.compile(r"^X-LIC-LOCATION[^:\r\n]*:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_OFFSET = re.compile(
    r"^(TZOFFSET(?:FROM|TO)[^:]*:)[ \t]*([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?[ \t]*$", re.IGNORECASE
)
_MOST_HOURS = 14
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
# Of the lines beside the events those that are read.
_HEAD_LINES = re.compile(r"(?:METHOD|CALSCALE|X-WR-TIMEZONE|X-WR-CALNAME|CLASS)(?=[;:])", re.IGNORECASE)
_NAMING_LINES = re.compile(r"(?:UID|RECURRENCE-ID)(?=[;:])", re.IGNORECASE)
_MAX_REASON = 300
# Within this module: the file is rejected, its events are not tried one by one.
_OTHER_CALENDAR = "other_calendar"


class Unreadable(Exception):
    """A file or a component that cannot land. `code` is for counting, the message for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Entry:
    """One VEVENT: `row` counts those of the file from 1, in the order written; `text`: it as received, where
    it was cut out of a file that does not parse."""

    row: int
    event: Component
    calendar: Component | None
    text: str = ""


@dataclass(frozen=True)
class Parsed:
    """What could be read of a file, its text with plain line ends, and what of it could not be parsed.

    `broken`: of the events that could not be parsed only whose they are: UID, RECURRENCE-ID, and CLASS where
    they are private or may be.
    """

    text: str
    entries: list[Entry]
    rejected: tuple[Rejection, ...] = ()
    broken: tuple[Component, ...] = ()


def decode(content: bytes) -> str:
    """The text of a calendar file: by its byte order mark, else UTF-16 where every other byte is zero, else
    UTF-8, each line that is not in cp1252.

    Raises `Unreadable` where UTF-16 does not fit.
    """
    encoding = next((encoding for mark, encoding in _BOMS if content.startswith(mark)), "")
    if not encoding:
        head = content[:200]
        if head[1::2].count(0) > len(head) / 3:
            encoding = "utf-16-le"
        elif head[::2].count(0) > len(head) / 3:
            encoding = "utf-16-be"
        else:
            encoding = "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding.startswith("utf-16"):
            raise Unreadable("encoding", f"the text is not valid {encoding}") from None
    return _decode_lines(content.removeprefix(codecs.BOM_UTF8))


def _decode_lines(content: bytes) -> str:
    """The text, unfolded, of bytes that are not UTF-8 throughout. RFC 5545 3.1 warns of programs that fold
    between the bytes of a character; beside those one odd line must not turn all others into cp1252."""
    unfolded = re.sub(rb"\r?\n[ \t]", b"", content)
    try:
        return unfolded.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(map(_decode_line, unfolded.split(b"\n")))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def parse(text: str) -> Parsed:
    """The events of every calendar in the text; none where it holds only tasks, zones or free/busy times.

    What is well formed is parsed at once. Where that fails each event is parsed by itself, so that a broken
    one, or a broken line beside them, does not cost the others. Raises `Unreadable` with the parser's reason
    where there is no calendar, or no event that could be told from the rest.
    """
    forget_zones()
    text = plain_lines(text)
    unfolded = unfold(text)
    try:
        return Parsed(text, _events(unfolded))
    except Unreadable as error:
        if error.code == _OTHER_CALENDAR:
            raise Unreadable("not_icalendar", error.reason) from None
        return Parsed(text, *_single_events(unfolded, error))


def _events(unfolded: str) -> list[Entry]:
    """The events of a text that is well formed; raises `Unreadable` where it is not."""
    written = _require_whole(unfolded)
    try:
        components = Calendar.from_ical(repaired(_read_part(unfolded)), multiple=True)
    except UNREADABLE as error:
        raise Unreadable("not_icalendar", _without_private_text(str(error), unfolded)) from None
    names = {component.name for component in components} | {n.upper() for n in _UNREAD.findall(unfolded)}
    names |= {"VTIMEZONE"} if _ZONE.search(unfolded) else set()
    if not names & _COMPONENTS:
        raise Unreadable("not_icalendar", "no calendar in it: BEGIN:VCALENDAR … END:VCALENDAR is missing")
    entries: list[Entry] = []
    for component in components:
        calendar = component if component.name == "VCALENDAR" else None
        scale = str(calendar.get("CALSCALE", "GREGORIAN")).strip().upper() if calendar else "GREGORIAN"
        if scale != "GREGORIAN":
            raise Unreadable(_OTHER_CALENDAR, f"CALSCALE {scale}: only GREGORIAN can be read")
        for event in component.walk("VEVENT"):
            entries.append(Entry(len(entries) + 1, event, calendar))
    if len(entries) != written:  # nothing is lost without a word
        raise Unreadable("not_icalendar", f"{written} events are written, the parser finds {len(entries)}")
    return entries


def _single_events(
    unfolded: str, error: Unreadable
) -> tuple[list[Entry], tuple[Rejection, ...], tuple[Component, ...]]:
    """The events of a text that does not parse as a whole, and those that do not parse by themselves.

    A text that is cut off is rejected as a file besides (row 0), so that it does not count as read whole.
    Raises `error` where no event ends.
    """
    found = cut_into_events(unfolded)
    if not any(block.is_ended for block in found.events):
        raise error
    for definition in found.zones:
        _define_zone(definition)
    # an event may be private by what its series or its calendar says, which may be what is broken
    is_private = _marks_private(unfolded)
    entries: list[Entry] = []
    rejected: list[Rejection] = []
    broken: list[Component] = []
    heads = [_head(lines) for lines in found.heads]
    for row, block in enumerate(found.events, start=1):
        try:
            if not block.is_ended:
                raise Unreadable("not_icalendar", "END:VEVENT is missing")
            text = "\r\n".join(("BEGIN:VCALENDAR", *heads[block.head], block.text, "END:VCALENDAR"))
            entries += (replace(entry, row=row, text=block.text) for entry in _events(text))
        except Unreadable as problem:
            if problem.code == _OTHER_CALENDAR:
                raise Unreadable("not_icalendar", problem.reason) from None
            # where an event does not end, whether it is private may stand in what is missing
            record = time_lines(block.text) if is_private or not block.is_ended else block.text
            rejected.append(Rejection(row, problem.code, problem.reason, record))
            broken += _naming(block)
    if found.is_cut_off:
        if rejected and rejected[-1].row == len(found.events) and not found.events[-1].is_ended:
            last = rejected.pop().record
        else:
            last = ""
        reason = f"the file is cut off; {len(entries):,} whole events were read"
        rejected.insert(0, Rejection(0, "truncated", reason, last))
    return entries, tuple(rejected), tuple(broken)


def _naming(block: Block) -> list[Component]:
    """Of an event that does not parse what says whose it is, as an event by itself; none where that cannot
    be read either."""
    lines = [line for line in block.text.split("\r\n") if _NAMING_LINES.match(line)]
    if _marks_private(block.text) or not block.is_ended:
        lines.append("CLASS:PRIVATE")
    try:
        return [entry.event for entry in _events("\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT")))]
    except Unreadable:
        return []


def _head(lines: Sequence[str]) -> list[str]:
    """Of the lines beside the events those that are read. One that says private, in whatever way, counts."""
    kept = []
    for line in lines:
        if _PRIVACY_MARK.match(line):
            kept.append("CLASS:PRIVATE")
        elif _HEAD_LINES.match(line):
            with suppress(*UNREADABLE):
                Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{line}\r\nEND:VCALENDAR\r\n")
                kept.append(line)
    return kept


def _read_part(unfolded: str) -> str:
    """The text without what nobody reads, so that no fault in it costs the calendar. The zones that it
    defines are read first, each by itself."""
    return _ZONE.sub(_read_zone, _REFRESH.sub("", _UNREAD.sub("", unfolded)))


def _read_zone(found: re.Match[str]) -> str:
    _define_zone(found[0])
    return ""


def _define_zone(definition: str) -> None:
    """Make a zone of the file's own known. One that cannot be read is left out, where it does not say which
    place's time it means: then its events are as those of a zone that nobody defines."""
    name = _ZONE_NAME.search(definition)
    if not name or not needs_definition(name[1].strip()):
        return
    lines = [line for line in re.split(r"\r?\n", definition) if _ZONE_LINES.match(line)]
    text = "\r\n".join(("BEGIN:VCALENDAR", *(_OFFSET.sub(_offset, line) for line in lines), "END:VCALENDAR"))
    try:
        Calendar.from_ical(text)
    except UNREADABLE:
        if location := _ZONE_LOCATION.search(definition):
            name_zone(name[1], location[1])
    else:
        name_zone(name[1], name[1])  # the parser knows it by these very letters, events may use others


def _offset(found: re.Match[str]) -> str:
    """An offset with its sign and without colons: `0100` the parser would take for ten hours. `+5328` are the
    minutes and seconds of a local mean time."""
    hours, minutes, seconds = found[3], found[4], found[5] or ""
    if int(hours) > _MOST_HOURS and not seconds:
        hours, minutes, seconds = "00", hours, minutes
    return f"{found[1]}{found[2] or '+'}{hours}{minutes}{seconds}"


def event_texts(text: str) -> list[str]:
    """Every VEVENT as received, in the order written."""
    return _EVENT.findall(text)


def time_lines(event: str) -> str:
    """Of the text of a private event only the lines that say when."""
    return "\r\n".join(line for line in re.split(r"\r?\n", unfold(event)) if _TIME_LINES.match(line))


def keepable_text(content: bytes) -> str:
    """A whole file for `rejected/`; empty where it marks anything private, because what cannot be
    parsed cannot be separated either. Undecodable bytes appear as \\xNN."""
    try:
        text = decode(content)
    except Unreadable:
        text = content.decode("utf-8", "backslashreplace")
    return "" if _marks_private(text) else text


def _marks_private(text: str) -> bool:
    return _PRIVACY_MARK.search(unfold(text).replace("\0", "")) is not None


def _require_whole(unfolded: str) -> int:
    """How many events begin in the text. icalendar closes nothing itself: it silently drops a calendar whose
    END never comes."""
    opened: list[str] = []
    events = 0
    for match in BEGIN_OR_END.finditer(unfolded):
        kind, name = match[1].upper(), match[2].upper()
        if kind == "BEGIN":
            if name == "VEVENT" and name in opened:
                raise Unreadable("not_icalendar", "an event begins within another: END:VEVENT is missing")
            events += name == "VEVENT" and _UNREAD_NAMES.isdisjoint(opened)
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
        elif not (opened and opened[-1].startswith(name) and not unfolded[match.end() :].strip()):
            raise Unreadable("not_icalendar", f"END:{name} without its BEGIN")
    if opened:
        raise Unreadable("truncated", f"the text ends before END:{opened[-1]}: the file is cut off")
    return events


def _without_private_text(message: str, text: str) -> str:
    """Parsers quote the offending line, which may be a private event's title."""
    if _marks_private(text):
        message = re.sub(r"'.*'", "'…'", message, flags=re.DOTALL)
    return message[:_MAX_REASON]
