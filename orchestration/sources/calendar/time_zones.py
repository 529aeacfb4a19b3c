"""Zones and moments: which zone a name in a calendar means, and local time to UTC.

Belongs here: nothing that knows about events. Runs in the expansion process.
"""

import datetime as dt

from icalendar.timezone import TZP, tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from icalendar.timezone.zoneinfo import ZONEINFO

from orchestration.sources.calendar.zone_names import loosely_named_zone

UTC = dt.UTC
# The zone database has these without summer time; a file that defines one of them, as many do, has it with.
_ABBREVIATIONS = frozenset({"EST", "MST", "HST", "GMT"})


class _NamedZones(ZONEINFO):
    """A zone that can be known by its name wins over the definition that the file carries.

    icalendar does so for IANA names only: for `W. Europe Standard Time` it builds a zone from the
    file's VTIMEZONE, which has no history and needs an iteration since 1601 for every conversion.
    """

    def knows_timezone_id(self, tzid: str) -> bool:
        if tzid in _ABBREVIATIONS:
            return False  # where the file defines none, the name is found all the same
        if super().knows_timezone_id(tzid) or tzid in WINDOWS_TO_OLSON:
            return True
        # `/freeassociation.sourceforge.net/Europe/Berlin`: a vendor's prefix before an IANA name
        parts = tzid.strip("/").split("/") if tzid.startswith("/") else []
        return any(
            super(_NamedZones, self).knows_timezone_id("/".join(parts[i:])) for i in range(len(parts) - 1)
        )

    def timezone(self, name: str) -> dt.tzinfo | None:
        try:
            return super().timezone(name)
        except OSError:  # zoneinfo opens a file of that name: `Europe` is a folder, 300 characters too long
            return None


class _FileZones(_NamedZones):
    """What a name means in one file: first what the zone database knows, then what the file defines (the
    parser keeps that itself, by the exact name), then the names that programs use beside those."""

    def __init__(self) -> None:
        self.own: dict[str, dt.tzinfo] = {}

    def timezone(self, name: str) -> dt.tzinfo | None:
        return super().timezone(name) or self.own.get(_own_key(name)) or loosely_named_zone(name)


def _own_key(name: str) -> str:
    return name.strip().strip("/").casefold()


_NAMED = TZP(_NamedZones())
_OF_FILE = _FileZones()


def forget_zones() -> None:
    """Start afresh for a file.

    icalendar keeps the VTIMEZONEs of every file it has read in the process: `TZID=Custom` of one
    calendar would otherwise be read with the definition that another one gave.
    """
    _OF_FILE.own.clear()
    tzp.use(_OF_FILE)


def find_zone(name: str | None) -> dt.tzinfo | None:
    """The zone of an IANA, Windows or vendor-prefixed name, of the file's own VTIMEZONE, or of one of the
    names that programs use instead of those."""
    return tzp.timezone(name.strip()) if name and name.strip() else None


def name_zone(name: str, location: str) -> None:
    """Let `name` mean the zone of `location` in this file, where that is one."""
    if zone := find_zone(location):
        _OF_FILE.own[_own_key(name)] = zone


def needs_definition(name: str) -> bool:
    """Whether a file's own VTIMEZONE says what the name means; to be asked before the file is parsed."""
    return name in _ABBREVIATIONS or not name or _NAMED.timezone(name) is None


def zone_name(zone: dt.tzinfo | None, written: str | None) -> str | None:
    """The IANA name of a zone; for one that only the file defines, the name as written."""
    key = getattr(zone, "key", None)
    if key:
        return "UTC" if key in {"UTC", "Etc/UTC"} else str(key)
    return written or ("UTC" if zone is UTC else None)


def local_time_problem(local: dt.datetime) -> str | None:
    """`ambiguous` for an hour that comes twice in autumn, `nonexistent` for the one skipped in spring."""
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if first is None or second is None or first == second:
        return None
    return "nonexistent" if first < second else "ambiguous"


def to_utc(local: dt.datetime) -> dt.datetime:
    """A local time in UTC. RFC 5545 3.3.5: an ambiguous time is its first occurrence, a skipped one
    counts with the offset before the gap; both are what `fold=0` says."""
    return local.replace(fold=0).astimezone(UTC)


def utc_span(
    start: dt.date, end: dt.date, duration: dt.timedelta | None, zone: dt.tzinfo
) -> tuple[dt.datetime, dt.datetime, str | None]:
    """Start and end in UTC and what is wrong with the local start, if anything.

    `start` and `end`: dates, or times with or without a zone (then in `zone`); `duration`: the
    event's DURATION where its length is given so.
    """
    if not isinstance(start, dt.datetime) or not isinstance(end, dt.datetime):
        first = dt.datetime.combine(start, dt.time.min, zone)
        last = dt.datetime.combine(end, dt.time.min, zone)
        return to_utc(first), to_utc(last), local_time_problem(first)
    start = start if start.tzinfo else start.replace(tzinfo=zone)
    end = end if end.tzinfo else end.replace(tzinfo=zone)
    problem = local_time_problem(start)
    starts = to_utc(start)
    length = end - start  # same zone: the difference on the clock
    if duration == length and duration.seconds:
        # hours of a DURATION are exact, its days are days on the calendar (RFC 5545 3.3.6)
        days = dt.timedelta(days=duration.days)
        return starts, to_utc(start + days) + (duration - days), problem
    if problem:  # 02:30 that is really 03:30 must not end at 03:00
        return starts, starts + length, problem
    return starts, max(to_utc(end), starts), None
