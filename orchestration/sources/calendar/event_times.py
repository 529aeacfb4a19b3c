"""When an event takes place, as written: the refusals, and the repairs that files of the field need
before a library can expand them.

Runs in the expansion process.
"""

import datetime as dt
from typing import TypeVar

from icalendar.cal.component import Component
from icalendar.prop import vBroken, vDDDTypes, vRecur
from recurring_ical_events.util import compare_greater

from orchestration.sources.calendar.calendar_text import Unreadable
from orchestration.sources.calendar.time_zones import UTC, to_utc

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_T = TypeVar("_T", dt.date, dt.timedelta)
_END_OF_DAY = dt.time(23, 59, 59)


def check_event(event: Component) -> None:
    """Raise `Unreadable` where an event's time or rule cannot be read, or would not end."""
    if _read_one(event, "DTSTART", dt.date) is None:
        is_broken = any(name is None and "DTSTART" in message for name, message in event.errors)
        raise Unreadable(
            "no_start", "DTSTART is missing" + (": its line cannot be parsed" if is_broken else "")
        )
    _read_one(event, "DTEND", dt.date)
    _read_one(event, "RECURRENCE-ID", dt.date)
    duration = _read_one(event, "DURATION", dt.timedelta)
    if "DTEND" not in event and duration is not None and duration < dt.timedelta(0):
        raise Unreadable("ends_before_start", f"DURATION {duration} is negative")
    exclusions = [
        value for value in _values(event, "EXDATE") if not (isinstance(value, vBroken) and not value)
    ]
    if "EXDATE" in event:
        event["EXDATE"] = exclusions  # an empty line excludes nothing
    for value in _values(event, "RDATE") + exclusions:
        _require_read(value)
    for rule in _values(event, "RRULE"):
        _require_read(rule)
        _check_rule(rule)
    if "EXRULE" in event:  # the library passes it over, and what it excludes would count as held
        raise Unreadable("bad_rule", "EXRULE is not supported: RFC 5545 has dropped it")


def original_slot(event: Component, like: dt.date | None, zone: dt.tzinfo) -> dt.date | None:
    """The time of its series that an override stands for, as far as it can be read. `like` and `zone` as in
    `prepare`, which need not have been called."""
    slot = event.get("RECURRENCE-ID")
    if not isinstance(slot, vDDDTypes) or not isinstance(slot.dt, dt.date):
        return None
    is_day = str(slot.params.get("VALUE", "")).upper() == "DATE"
    moment = _as_date(slot.dt, None) if is_day else slot.dt
    if like is None:
        return moment
    return _conform(moment, like, zone, like.time() if isinstance(like, dt.datetime) else dt.time.min)


def start_cancelled(event: Component, like: dt.date | None, zone: dt.tzinfo) -> None:
    """Give a cancellation of one occurrence the start that it cancels, in place: RFC 5546 lets it leave out
    DTSTART. `like` and `zone` as in `prepare`."""
    moment = original_slot(event, like, zone)
    if "DTSTART" in event or moment is None:
        return
    start = vDDDTypes(moment)
    if "TZID" in event.get("RECURRENCE-ID").params:
        start.params["TZID"] = event.get("RECURRENCE-ID").params["TZID"]
    event["DTSTART"] = start


def include_newer(master: Component, override: Component) -> bool:
    """Whether an override counts although its series excludes its time, which is then excluded no more.

    Some programs exclude what they write an override for, others leave the override of what was deleted
    later: the newer word holds.
    """
    slot = utc_text(override.get("RECURRENCE-ID").dt)
    listed = _values(master, "EXDATE")
    if not any(slot == utc_text(value.dt) for values in listed for value in values.dts):
        return True
    if revision(override) <= revision(master):
        return False
    for values in listed:
        values.dts = [value for value in values.dts if utc_text(value.dt) != slot]
    return True


def prepare(event: Component, like: dt.date | None, zone: dt.tzinfo) -> None:
    """Bring the times of one event to one kind, in place: that of its start.

    `like`: start of the series, for the RECURRENCE-ID of an override; `zone`: the calendar's.
    Files mix dates, floating and zoned times, and the library compares them as if a floating one
    were in whatever zone comes first. Call after `check_event`.
    """
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in event and str(event.get(name).params.get("VALUE", "")).upper() == "DATE":
            event.get(name).dt = _as_date(
                event.get(name).dt, None
            )  # icalendar: with a TZID a date becomes a time
    _midnights_to_dates(event, zone)
    start = event.get("DTSTART").dt
    if "DTEND" in event:
        event.get("DTEND").dt = _conform(event.get("DTEND").dt, start, zone, dt.time.min)
        _check_end(event, start)
    if "RECURRENCE-ID" in event:
        pattern = start if like is None else like
        time = pattern.time() if isinstance(pattern, dt.datetime) else dt.time.min
        event.get("RECURRENCE-ID").dt = _conform(event.get("RECURRENCE-ID").dt, pattern, zone, time)
    for name in ("RDATE", "EXDATE"):
        for value in (each for values in _values(event, name) for each in values.dts):
            value.dt = _conform_listed(value.dt, start, zone, is_exclusion=name == "EXDATE")
    for rule in _values(event, "RRULE"):
        if until := rule.get("UNTIL"):
            # written local or as a date, the library takes it for UTC: the last occurrence gets lost
            last = _conform(until[0] if isinstance(until, list) else until, start, zone, _END_OF_DAY)
            if isinstance(last, dt.datetime) and last.tzinfo:
                last = last.astimezone(UTC)
            rule["UNTIL"] = [last]


def revision(event: Component) -> tuple[int, str]:
    """Sorts the revisions of one event: SEQUENCE, then when it was written."""
    moments = [
        event.get(name).dt for name in ("LAST-MODIFIED", "DTSTAMP") if isinstance(event.get(name), vDDDTypes)
    ]
    written = [utc_text(moment) for moment in moments if isinstance(moment, dt.date)]
    sequence = event.get("SEQUENCE")
    return sequence if isinstance(sequence, int) else 0, max(written, default="")


def utc_text(moment: dt.date) -> str:
    """ISO text: a zoned time in UTC, a date or floating time as it is."""
    if isinstance(moment, dt.datetime) and moment.tzinfo is not None:
        return to_utc(moment).isoformat()
    return moment.isoformat()


def _values(event: Component, name: str) -> list:
    value = event.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _require_read(value: object) -> None:
    if isinstance(value, vBroken):
        code = "bad_rule" if value.property_name == "RRULE" else "bad_time"
        raise Unreadable(code, f"{value.property_name} cannot be read: {value.parse_error}")


def _read_one(event: Component, name: str, kind: type[_T]) -> _T | None:
    values = _values(event, name)
    if not values:
        return None
    if len(values) > 1:
        raise Unreadable("bad_time", f"{name} is given {len(values)} times")
    _require_read(values[0])
    moment = getattr(values[0], "td" if kind is dt.timedelta else "dt", None)
    if not isinstance(moment, kind):
        raise Unreadable(
            "bad_time", f"{name} is not a {'duration' if kind is dt.timedelta else 'date or time'}"
        )
    return moment


def _check_rule(rule: vRecur) -> None:
    text = rule.to_ical().decode()
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    if frequency not in _FREQUENCIES:
        said = f"FREQ={frequency} is" if frequency else "FREQ is missing,"
        raise Unreadable("bad_rule", f"RRULE {text}: {said} not one of {', '.join(_FREQUENCIES)}")
    if any(interval <= 0 for interval in rule.get("INTERVAL", [])):
        raise Unreadable("bad_rule", f"RRULE {text}: INTERVAL is not positive")
    if "RSCALE" in rule:
        raise Unreadable("bad_rule", f"RRULE {text}: RSCALE is not supported")


def _midnights_to_dates(event: Component, zone: dt.tzinfo) -> None:
    """Exchange sends all-day events as midnights of its zone, also written in UTC, with a mark."""
    times = [event.get(name) for name in ("DTSTART", "DTEND") if name in event]
    is_marked = str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).strip().upper() == "TRUE"
    if not is_marked or not all(isinstance(time.dt, dt.datetime) for time in times):
        return
    written = [time.dt for time in times]
    local = [moment.astimezone(zone) if moment.tzinfo else moment for moment in written]
    for moments in (written, local):
        if all(moment.time() == dt.time.min for moment in moments):
            for time, moment in zip(times, moments, strict=True):
                time.dt = moment.date()
            return


def _check_end(event: Component, start: dt.date) -> None:
    end = event.get("DTEND").dt
    if not isinstance(start, dt.datetime) and end == start:
        event.get("DTEND").dt = end + dt.timedelta(
            days=1
        )  # many clients write the last day, not the day after
    elif compare_greater(start, end):
        raise Unreadable("ends_before_start", f"DTEND {end} lies before DTSTART {start}")


def _as_date(value: dt.date, zone: dt.tzinfo | None) -> dt.date:
    if not isinstance(value, dt.datetime):
        return value
    if zone and value.tzinfo and value.utcoffset() == dt.timedelta(0) and value.time() != dt.time.min:
        value = value.astimezone(zone)  # midnight of the calendar's zone written in UTC
    return value.date()


def _conform(value: dt.date, like: dt.date, zone: dt.tzinfo, time: dt.time) -> dt.date:
    """`value` as a date, floating or zoned time, whichever `like` is; a bare date gets `time`."""
    if not isinstance(like, dt.datetime):
        return _as_date(value, zone)
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, time)
    if like.tzinfo is None:
        return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
    return value if value.tzinfo else value.replace(tzinfo=like.tzinfo)


def _conform_listed(value: object, start: dt.date, zone: dt.tzinfo, *, is_exclusion: bool) -> object:
    """An RDATE or EXDATE. A period keeps its length; a date among the EXDATEs excludes its whole day."""
    if isinstance(value, tuple):
        first = _conform(value[0], start, zone, dt.time.min)
        return first, value[1] if isinstance(value[1], dt.timedelta) else value[1] - value[0]
    if not isinstance(value, dt.date):
        raise Unreadable("bad_time", f"RDATE or EXDATE {value} is not a date or time")
    if is_exclusion and not isinstance(value, dt.datetime):
        return value
    time = start.time() if isinstance(start, dt.datetime) else dt.time.min
    return _conform(value, start, zone, time)
