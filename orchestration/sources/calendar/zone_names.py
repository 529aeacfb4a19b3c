"""Names of zones that no database has, and what programs mean by them.

Belongs here: a name in, a name of the zone database or a fixed offset out; None where it could be several.
Runs in the expansion process.
"""

import datetime as dt
import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_UTC = {"z", "utc", "zulu", "tzone://microsoft/utc", "coordinated universal time"}
# RFC 822 says what those of the US mean, of which EST, MST and HST are in the zone database.
_ABBREVIATIONS = {
    "cest": "CET",
    "mez": "CET",
    "mesz": "CET",
    "eest": "EET",
    "edt": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "mdt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
}
_RENAMED = {"us/pacific-new": "America/Los_Angeles"}
_OFFSET = re.compile(r"(?:UTC|GMT)?[ ]*([+-])(\d{1,2})(?:[:.]?(\d\d))?", re.IGNORECASE)
# As Windows shows a zone to people: (UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna
_SHOWN = re.compile(r"\((?:UTC|GMT)[ ]*([+-]\d\d[:.]?\d\d)?\)[ ]*(.+)", re.IGNORECASE)
_MOST_HOURS = 14
_WINTER, _SUMMER = dt.datetime(2026, 1, 15, tzinfo=dt.UTC), dt.datetime(2026, 7, 15, tzinfo=dt.UTC)


@cache
def loosely_named_zone(written: str) -> dt.tzinfo | None:
    """The zone of a name in other letters, an offset, a US abbreviation, or a name that Windows shows; None
    for one that means nothing here."""
    name = " ".join(written.replace("\\", "").strip(' "/').split())
    if name.casefold() in _UTC:
        return ZoneInfo("UTC")
    known = _known(name) or _known(re.sub(r"[ _]\d+$", "", name))  # Europe/Berlin 1
    if known:
        return ZoneInfo(known)
    if offset := _OFFSET.fullmatch(name):
        return _fixed(offset)
    if shown := _SHOWN.fullmatch(name):
        return _shown(shown[1], shown[2])
    return None


def _known(name: str) -> str | None:
    key = name.casefold()
    windows = re.sub(r"(?: daylight| summer)? time$", "", key) + " standard time"
    return _ABBREVIATIONS.get(key) or _RENAMED.get(key) or _names().get(key) or _names().get(windows)


@cache
def _names() -> dict[str, str]:
    """IANA and Windows names, in small letters, to IANA names."""
    names = {name.casefold(): place for name, place in WINDOWS_TO_OLSON.items()}
    return names | {name.casefold(): name for name in available_timezones()}


@cache
def _places() -> dict[str, list[str]]:
    """Cities as the zone database writes them, in small letters, to the zones that bear their name."""
    found: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        if "/" in name and not name.startswith("Etc/"):
            found.setdefault(name.rsplit("/", 1)[1].replace("_", " ").casefold(), []).append(name)
    return found


def _fixed(offset: re.Match[str]) -> dt.tzinfo | None:
    hours, minutes = int(offset[2]), int(offset[3] or 0)
    if hours > _MOST_HOURS or minutes > 59:
        return None
    sign = 1 if offset[1] == "+" else -1
    if not minutes and (hours <= 12 or sign > 0):
        # named the other way round in the zone database: Etc/GMT-2 is two hours east
        return ZoneInfo(f"Etc/GMT{-sign * hours:+d}" if hours else "UTC")
    return dt.timezone(sign * dt.timedelta(hours=hours, minutes=minutes))


def _shown(offset: str | None, places: str) -> dt.tzinfo | None:
    """A zone of one of the places, if it has the offset that stands before them."""
    stated = _OFFSET.fullmatch(offset or "+00:00")
    if stated is None:
        return None
    sign = 1 if stated[1] == "+" else -1
    expected = sign * dt.timedelta(hours=int(stated[2]), minutes=int(stated[3] or 0))
    for place in re.sub(r"\(.*?\)", "", places).split(","):
        key = place.strip().casefold()
        if key in _UTC:
            return ZoneInfo("UTC")
        named = _known(place.strip())
        for name in ([named] if named else []) + _places().get(key, []):
            zone = ZoneInfo(name)
            offsets = [moment.astimezone(zone).utcoffset() for moment in (_WINTER, _SUMMER)]
            if expected == min(offset for offset in offsets if offset is not None):
                return zone
    return None
