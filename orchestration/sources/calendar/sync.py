"""What the readers of calendars on servers share: the window, and where the last ingest stopped.

Belongs here: which part of time is read, which token still holds for it, and when one calendar of
several may be passed over. What a token is, is the server's.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, Coverage
from orchestration.sources.transport import Caller, RequestFailed
from orchestration.sources.transport_auth import Secret, SignInFailed

# Recurring events have no end, so a series lands as the occurrences of a window. It moves by whole
# months and reaches one month further than asked for: within a month every ingest sees the same
# window, and what the last one left (tokens, ETags) holds; when it moves, everything is read again.
_SPARE_MONTHS = 1
# Calendars that may be passed over while the others are read: gone, or not (any more) shared with us.
_PASSED_OVER = frozenset({403, 404})
# Where each person is signed in for (Google): there is no such account any more.
_NO_SUCH_PERSON = 400


@dataclass(frozen=True)
class Window:
    """[`start`, `end`) in UTC, both the first of a month."""

    start: datetime
    end: datetime

    def listed_between(self, *columns: str) -> tuple[str | tuple[str, ...], str, str]:
        """As `ObjectFeed.listed_between`: what leaves the window at its back has not been deleted. Two
        days at either end are left to time zones and to events across the edge."""
        inside = timedelta(days=2)
        column = columns[0] if len(columns) == 1 else columns
        return column, f"{self.start + inside:%Y-%m-%d}", f"{self.end - inside:%Y-%m-%d}"


def window_around(now: datetime, months_back: int, months_ahead: int) -> Window:
    """The window of an ingest at `now`."""
    month = now.astimezone(UTC).year * 12 + now.astimezone(UTC).month - 1
    return Window(_first(month - months_back), _first(month + months_ahead + _SPARE_MONTHS + 1))


def _first(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CalendarRun:
    """One ingest of one source instance. `state`: what the last ingest left about these calendars; `today`:
    its day."""

    caller: Caller
    window: Window
    time_zone: str
    state: Mapping[str, Any]
    secret: Secret
    today: str | None = None


@dataclass
class Marks:
    """Where each calendar of an object stands: what its server gave to go on from, and for which window.

    A mark holds only while the window lies within the one it was made for, and while the same
    configuration (`made_with`: owner, time zone, …) made the records.
    """

    window: Window
    before: Mapping[str, Any]
    _after: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, run: CalendarRun) -> "Marks":
        calendars = run.state.get("calendars")
        return cls(run.window, calendars if isinstance(calendars, Mapping) else {})

    def mark(self, calendar: str, *made_with: str) -> Mapping[str, Any]:
        """What the last ingest left of a calendar; empty where it does not hold any more."""
        mark = self.before.get(calendar)
        if not isinstance(mark, Mapping) or mark.get("made_with") != _digest(made_with):
            return {}
        start, end = str(mark.get("from", "9")), str(mark.get("until", ""))
        return mark if start <= _day(self.window.start) and end >= _day(self.window.end) else {}

    def keep(self, calendar: str, *made_with: str, previous: Mapping[str, Any], **left: str | None) -> None:
        """Note what to go on from. `previous`: the mark that was gone on from, whose window stays."""
        self._after[calendar] = {
            "made_with": _digest(made_with),
            "from": previous.get("from", _day(self.window.start)),
            "until": previous.get("until", _day(self.window.end)),
            **left,
        }

    def leave(self, calendar: str) -> None:
        """Keep the last ingest's mark of a calendar that could not be read now."""
        if calendar in self.before:
            self._after[calendar] = dict(self.before[calendar])

    def state(self) -> dict[str, Any]:
        """For the ledger."""
        return {"calendars": self._after}


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class PassedOver:
    """Calendars that could not be read while others could. Where none could, the source has failed."""

    def __init__(self) -> None:
        self._read = 0
        self._first: RequestFailed | SignInFailed | None = None

    def is_one(self, error: RequestFailed | SignInFailed) -> bool:
        """Whether the error concerns one calendar only."""
        if isinstance(error, SignInFailed):
            return error.status == _NO_SUCH_PERSON
        return error.status in _PASSED_OVER

    def note(self, error: RequestFailed | SignInFailed) -> None:
        self._first = self._first or error

    def was_read(self) -> None:
        self._read += 1

    def finish(self) -> None:
        """Raises the first error where no calendar could be read."""
        if self._first is not None and not self._read:
            raise self._first


def message_batch(columns: Iterable[str], *, warning: str = "", coverage: Coverage = Coverage()) -> Batch:  # noqa: B008 - frozen
    """A batch without rows that says something about the others."""
    names = [*columns, SOURCE_FILE, SOURCE_ROW]
    types = [pa.string()] * (len(names) - 1) + [pa.int64()]
    empty = pa.table([pa.array([], kind) for kind in types], names=names)
    return Batch(empty, warnings=(warning,) if warning else (), coverage=coverage)


def short(person: str) -> str:
    """A person's calendar in a message: enough to know which, no address."""
    return f"{person.partition('@')[0]}@…" if "@" in person else person
