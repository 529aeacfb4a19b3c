"""A calendar's bytes to rows, one per occurrence within a window.

Belongs here: `expand_bytes`, the entry for whatever brings iCalendar bytes (files, CalDAV, a URL),
and how the events of one file become rows. Pure: no files, no Arrow, no clock. Runs in the expansion
process (`worker.py`), because calendars in the wild hang expanders.
"""

import datetime as dt
import re
from collections import defaultdict
from functools import cached_property

from icalendar.cal.component import Component
from icalendar.prop import vText

from orchestration.sources.calendar.calendar_text import (
    UNREADABLE,
    Entry,
    Parsed,
    Unreadable,
    decode,
    event_texts,
    keepable_text,
    parse,
    time_lines,
)
from orchestration.sources.calendar.event_fields import (
    NO_UID,
    Fields,
    describe,
    event_uid,
    is_private,
    stated_status,
)
from orchestration.sources.calendar.event_times import (
    check_event,
    include_newer,
    original_slot,
    prepare,
    revision,
    start_cancelled,
    utc_text,
)
from orchestration.sources.calendar.recurrence import Instance, OutOfTime, deadline, occurrences
from orchestration.sources.calendar.shapes import COLUMNS, Expansion, ExpansionLimits, Rejection, Row, Scope
from orchestration.sources.calendar.time_zones import find_zone, utc_span, zone_name

_ADDRESS = re.compile(r"[^@\s:]+@[^@\s:]+\.[^@\s:]+")
# Text times occurrences: a description of a megabyte on a daily event is not one megabyte.
_EXPANDED_TIMES_FILE = 5
# So often an event may take place all through a window that is longer than the limits foresee.
_PER_DAY = 4
# Replies and proposals about an event are messages; the event itself is in somebody's calendar.
_MESSAGES = frozenset({"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"})


def expand_bytes(content: bytes, scope: Scope, limits: ExpansionLimits) -> Expansion:
    """Every occurrence in the window, and what could not be read with the reason.

    Never raises for what is in the file. May run long: call it through `worker.ExpansionWorker`.
    """
    try:
        if len(content) > limits.max_file_bytes:
            raise Unreadable("too_large", f"{len(content):,} bytes, allowed are {limits.max_file_bytes:,}")
        return _Expander(parse(decode(content)), scope, limits).expand()
    except Unreadable as error:
        record = "" if error.code == "too_large" else keepable_text(content)
        return Expansion(rejected=[Rejection(0, error.code, error.reason, record)])


class _Expander:
    """The events of one file. Rejects single events; raises `Unreadable` for the file as a whole."""

    def __init__(self, parsed: Parsed, scope: Scope, limits: ExpansionLimits) -> None:
        default_zone = find_zone(scope.floating_zone)
        if default_zone is None:
            raise ValueError(f"floating_zone {scope.floating_zone!r} is not a known time zone")
        self.text, self.entries, self.scope, self.limits = parsed.text, parsed.entries, scope, limits
        self.default_zone = default_zone
        self.result = Expansion(rejected=list(parsed.rejected))
        self.text_size = 0
        self.is_partial = bool(parsed.rejected)
        self.broken: dict[str, list[Component]] = defaultdict(list)
        for event in parsed.broken:
            self.broken[event_uid(event, private=True)].append(event)

    @cached_property
    def texts(self) -> list[str]:
        return event_texts(self.text)

    def expand(self) -> Expansion:
        series: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            try:
                series[event_uid(entry.event, private=is_private(entry.event, entry.calendar))].append(entry)
            except UNREADABLE as error:
                self._reject(entry, error, private=True)
        for uid, members in _joined_by_title(series).items():
            self._expand_series(uid, members)
        return self.result

    def _expand_series(self, uid: str, members: list[Entry]) -> None:
        masters = [entry for entry in members if "RECURRENCE-ID" not in entry.event]
        broken = [event for event in self.broken[uid] if "RECURRENCE-ID" not in event]
        inherited = any(is_private(entry.event, entry.calendar) for entry in masters)
        inherited = inherited or any(is_private(event, None) for event in broken)
        # the series, which might say that it is private, may be what could not be read
        inherited = inherited or (self.is_partial and not masters and not broken)
        private = {e.row: is_private(e.event, e.calendar, inherited=inherited) for e in members}
        seconds = self.limits.seconds_per_file / 4
        for series in self._current(uid, members, private):
            try:
                with deadline(seconds):
                    rows = self._series_rows(uid, series, private)
            except OutOfTime:
                error: Exception = Unreadable("too_slow", f"takes more than {seconds:g} s to expand")
            except (Unreadable, *UNREADABLE) as caught:
                error = caught
            else:
                self._add(rows)
                continue
            for entry in series:
                self._reject(entry, error, private=private[entry.row])

    def _series_rows(self, uid: str, series: list[Entry], private: dict[int, bool]) -> list[tuple[int, Row]]:
        zone = self._zone(series[0])
        window = self.scope.window_end - self.scope.window_start
        instances = occurrences(
            [entry.event for entry in series],
            self.scope.window_start.astimezone(zone),
            self.scope.window_end.astimezone(zone),
            at_most=max(self.limits.max_instances_per_event, _PER_DAY * window.days),
        )
        known = {
            id(entry.event): (entry.row, self._fields(entry, uid, private[entry.row])) for entry in series
        }
        unread = self._unread_slots(uid, series[0], zone)
        rows = []
        for instance in instances:
            number, fields = known[id(instance.event)]
            if (
                instance.series_kind != "recurring"
                or _occurrence_start(instance.original_start, zone) not in unread
            ):
                rows.append((number, _row(instance, fields, zone)))
        return rows

    def _unread_slots(self, uid: str, first: Entry, zone: dt.tzinfo) -> set[str]:
        """The occurrences for which an override was written that cannot be read: how they stand nobody
        knows, and as its rule has them they would take the place of what the last file said."""
        like = None if "RECURRENCE-ID" in first.event else first.event.get("DTSTART").dt
        slots = [original_slot(event, like, zone) for event in self.broken[uid] if "RECURRENCE-ID" in event]
        return {_occurrence_start(slot, zone) for slot in slots if slot is not None}

    def _current(self, uid: str, members: list[Entry], private: dict[int, bool]) -> list[list[Entry]]:
        """The series of one UID, each with its overrides, in the newest revisions.

        Usually one. Some programs give one UID to several events: with the same revision and other
        starts they are no versions of each other, and all count.
        """
        masters = [entry for entry in members if "RECURRENCE-ID" not in entry.event]
        masters = self._readable(uid, self._called_off(masters, members), None, private)
        masters = self._newest(masters, "DTSTART", private)
        like = masters[0].event.get("DTSTART").dt if masters else None
        overrides = [entry for entry in members if "RECURRENCE-ID" in entry.event]
        overrides = self._newest(self._readable(uid, overrides, like, private), "RECURRENCE-ID", private)
        series = [[master] for master in masters] or [[]]
        series[0].extend(self._not_excluded(masters[0], overrides, private) if masters else overrides)
        return [entries for entries in series if entries]

    def _called_off(self, masters: list[Entry], members: list[Entry]) -> list[Entry]:
        """The events of a UID without those that say only that it is cancelled, which they do not say of
        newer ones. One that stands alone stays, to be rejected: when it would have been nobody knows."""
        calls = [entry for entry in masters if _is_cancelled(entry) and "DTSTART" not in entry.event]
        if len(calls) == len(masters):
            return masters
        newest = max((revision(call.event) for call in calls), default=None)
        for entry in members:
            if newest is not None and revision(entry.event) <= newest:
                entry.event["STATUS"] = vText("CANCELLED")
        rows = {entry.row for entry in calls}
        return [entry for entry in masters if entry.row not in rows]

    def _not_excluded(self, master: Entry, overrides: list[Entry], private: dict[int, bool]) -> list[Entry]:
        found = []
        for entry in overrides:
            if include_newer(master.event, entry.event):
                found.append(entry)
            else:
                reason = f"event {master.row} of the file, its series, excludes its time and is not older"
                self._reject(entry, Unreadable("excluded", reason), private=private[entry.row])
        return found

    def _readable(
        self, uid: str, entries: list[Entry], like: dt.date | None, private: dict[int, bool]
    ) -> list[Entry]:
        found = []
        for entry in entries:
            try:
                if _method(entry) in _MESSAGES:
                    raise Unreadable("not_an_event", f"METHOD {_method(entry)}: an answer, not an entry")
                if _is_cancelled(entry):
                    start_cancelled(entry.event, like, self._zone(entry))
                check_event(entry.event)
                prepare(entry.event, like, self._zone(entry))
                found.append(entry)
            except (Unreadable, *UNREADABLE) as error:
                self._reject(entry, error, private=private[entry.row])
                if "RECURRENCE-ID" in entry.event and _method(entry) not in _MESSAGES:
                    self.broken[uid].append(entry.event)
        return found

    def _newest(self, entries: list[Entry], slot: str, private: dict[int, bool]) -> list[Entry]:
        """Of the events with the same time in property `slot` the newest one, and of series only those
        of the newest revision. The others are rejected, unless they are exact copies."""
        ordered = sorted(entries, key=lambda entry: revision(entry.event))
        kept: dict[str, Entry] = {}
        for entry in ordered:
            at = utc_text(entry.event.get(slot).dt)
            is_outdated = slot == "DTSTART" and revision(entry.event) < revision(ordered[-1].event)
            old, new = (entry, ordered[-1]) if is_outdated else (kept.get(at, entry), entry)
            if old.event != new.event:
                reason = f"event {new.row} of the file has the same UID and takes its place"
                self._reject(old, Unreadable("superseded", reason), private=private[old.row])
            if not is_outdated:
                kept[at] = entry
        return list(kept.values())

    def _fields(self, entry: Entry, uid: str, private: bool) -> Fields:
        """What is the same for all occurrences of one event."""
        start = entry.event.get("DTSTART")
        written = start.params.get("TZID")
        is_day = not isinstance(start.dt, dt.datetime)
        is_floating = is_day or start.dt.tzinfo is None
        zone = self._zone(entry) if is_floating else start.dt.tzinfo
        # a TZID that neither the world nor the file knows is shown as it is, counted, and read as floating
        is_unknown = bool(written) and is_floating and not is_day
        if is_unknown:
            unknown = self.result.unknown_zones
            unknown[str(written)] = unknown.get(str(written), 0) + 1
        owner = self.scope.owner or _own_address(entry) or self.scope.fallback_owner
        fields = describe(entry.event, private=private, method=_method(entry), owner=owner) | {
            "uid": uid,
            "is_all_day": _flag(is_day),
            "time_zone": str(written) if is_unknown else zone_name(zone, written),
            "is_floating": _flag(is_floating),
            "calendar_owner": owner,
        }
        if any(value and "\0" in value for value in fields.values()):
            raise Unreadable(
                "nul_character", "its text contains NUL characters, which databases do not store"
            )
        return fields

    def _zone(self, entry: Entry) -> dt.tzinfo:
        """The zone of floating times and dates in this entry's calendar."""
        name = None if entry.calendar is None else entry.calendar.get("X-WR-TIMEZONE")
        return (find_zone(str(name)) if name else None) or self.default_zone

    def _add(self, rows: list[tuple[int, Row]]) -> None:
        self.result.rows.extend(rows)
        self.text_size += sum(len(value) for _, row in rows for value in row if value)
        if len(self.result.rows) > self.limits.max_instances_per_file:
            most = self.limits.max_instances_per_file
            raise Unreadable("too_many_instances", f"more than {most:,} occurrences in the window")
        if self.text_size > _EXPANDED_TIMES_FILE * self.limits.max_file_bytes:
            most = _EXPANDED_TIMES_FILE * self.limits.max_file_bytes
            raise Unreadable("too_large", f"its occurrences hold more than {most:,} characters of text")

    def _reject(self, entry: Entry, error: Exception, *, private: bool) -> None:
        if isinstance(error, Unreadable):
            code, reason = error.code, error.reason
        else:  # the library's own words, which may quote anything
            code, reason = "unreadable", type(error).__name__ + ("" if private else f": {error}"[:300])
        record = entry.text or (self.texts[entry.row - 1] if entry.row <= len(self.texts) else "")
        record = time_lines(record) if private else record
        self.result.rejected.append(Rejection(entry.row, code, reason, record))


def _row(instance: Instance, fields: Fields, zone: dt.tzinfo) -> Row:
    event = instance.event
    duration = event.get("DURATION").td if "DURATION" in event and "DTEND" not in event else None
    starts, ends, problem = utc_span(instance.start, instance.end, duration, zone)
    original = _occurrence_start(instance.original_start, zone)
    row = fields | {
        "recurrence_id": None if instance.series_kind == "single" else original,
        "occurrence_start": original,
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat(),
        "series_kind": instance.series_kind,
        "time_fold": problem,
    }
    return tuple(row[name] for name in COLUMNS)


def _occurrence_start(original: dt.date, zone: dt.tzinfo) -> str:
    if isinstance(original, dt.datetime) and original.tzinfo is None:
        original = original.replace(tzinfo=zone)
    return utc_text(original)


def _joined_by_title(series: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """The events by UID; an override without one goes to the series without one that has its title, where
    that is one only. By itself it would stand beside the occurrence that it replaces."""
    nameless = {uid: members for uid, members in series.items() if uid.startswith(NO_UID)}
    by_title: dict[str, list[str]] = defaultdict(list)
    for uid, members in nameless.items():
        if any("RRULE" in entry.event and "RECURRENCE-ID" not in entry.event for entry in members):
            by_title[_title(members)].append(uid)
    joined = dict(series)
    for uid, members in nameless.items():
        candidates = by_title.get(_title(members), [])
        if len(candidates) == 1 and all("RECURRENCE-ID" in entry.event for entry in members):
            joined[candidates[0]] = [*joined[candidates[0]], *members]
            del joined[uid]
    return joined


def _title(members: list[Entry]) -> str:
    return str(members[0].event.get("SUMMARY", "")).strip()


def _method(entry: Entry) -> str:
    return "" if entry.calendar is None else str(entry.calendar.get("METHOD", "")).strip().upper()


def _is_cancelled(entry: Entry) -> bool:
    return _method(entry) == "CANCEL" or stated_status(entry.event) == "CANCELLED"


def _own_address(entry: Entry) -> str | None:
    """Google names a person's main calendar by the address."""
    name = "" if entry.calendar is None else str(entry.calendar.get("X-WR-CALNAME", "")).strip()
    return name.lower() if _ADDRESS.fullmatch(name) else None


def _flag(value: bool) -> str:
    return "true" if value else "false"
