"""One event or series to its occurrences within a window, bounded in number and in time.

Belongs here: what is ours on top of the recurrence library. The events have been through
`event_times`. Runs in the expansion process.
"""

import datetime as dt
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from icalendar.cal.component import Component
from recurring_ical_events import EventAdapter, Occurrence, Series
from recurring_ical_events.util import compare_greater, convert_to_datetime

from orchestration.sources.calendar.calendar_text import Unreadable


class OutOfTime(Exception):
    """The expansion of one event takes too long."""


class _LazySeries(Series):
    class RecurrenceRules(Series.RecurrenceRules):
        def rrule_between(self, span_start: dt.date, span_stop: dt.date) -> Iterator[dt.datetime]:
            """As in the library, which asks dateutil for a whole list: with BYHOUR, BYMINUTE and
            BYSECOND that is 31 million moments a year before the first can be counted."""
            start = convert_to_datetime(span_start, self.tzinfo)
            stop = convert_to_datetime(span_stop, self.tzinfo)
            for rule in self.rrules:
                for moment in rule.xafter(start, inc=True):
                    if moment > stop or (rule.until and compare_greater(moment, rule.until)):
                        break
                    yield moment


class _Adapter(EventAdapter):
    @property
    def sequence(self) -> int:
        """As in the library, which compares a SEQUENCE that could not be read, a text, with numbers."""
        sequence = self._component.get("SEQUENCE")
        return sequence if isinstance(sequence, int) else -1


class Instance(Occurrence):
    """An occurrence with the event it comes from and the start it had before it was moved."""

    @property
    def event(self) -> Component:
        return self._adapter._component  # the library's own subclasses read both

    @property
    def original_start(self) -> dt.date:
        if self._adapter.this_and_future:
            return self.start - self._adapter.move_recurrences_by
        return self.event.get("RECURRENCE-ID").dt if "RECURRENCE-ID" in self.event else self.start

    @property
    def series_kind(self) -> str:
        """`single`, `recurring` (made by a rule), or `override` (written for this one occurrence)."""
        if "RECURRENCE-ID" in self.event:
            return "override" if self.original_start == self.event.get("RECURRENCE-ID").dt else "recurring"
        return "recurring" if "RRULE" in self.event or "RDATE" in self.event else "single"


class _EventSeries(_LazySeries):
    def occurrence(
        self, adapter: EventAdapter, start: dt.date | None = None, end: dt.date | None = None
    ) -> Instance:
        return Instance(adapter, start, end)


def occurrences(
    events: list[Component], start: dt.datetime, end: dt.datetime, *, at_most: int
) -> list[Instance]:
    """The occurrences of one series and its overrides that overlap [`start`, `end`); floating times
    and dates are taken in the zone of `start`.

    Raises `Unreadable` beyond `at_most`, and what the library raises.
    """
    found: list[Instance] = []
    for instance in _EventSeries([_Adapter(event) for event in events]).between(start, end):
        if len(found) == at_most:
            raise Unreadable("too_many_instances", f"more than {at_most:,} occurrences in the window")
        found.append(instance)
    return found


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the block after `seconds`: `FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30` searches
    until the year 9999 and yields nothing that could be counted. Only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
