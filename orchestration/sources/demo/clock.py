"""The organisation's time: its 18 months, business days, holidays and time zones.

Belongs here: days and moments. All days are days since 1970, all moments seconds since 1970 UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from orchestration.sources.demo.columns import DAY

MONTHS = 18
TIME_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York")
_EPOCH = date(1970, 1, 1)
_AHEAD_DAYS = 500


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def _easter(year: int) -> date:
    """Easter Sunday (anonymous Gregorian algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def holidays(first: date, last: date) -> list[tuple[date, str]]:
    """The days on which nobody works, with their names, in order."""
    found = []
    for year in range(first.year, last.year + 1):
        easter = _easter(year)
        found += [
            (date(year, 1, 1), "New Year's Day"),
            (easter - timedelta(days=2), "Good Friday"),
            (easter + timedelta(days=1), "Easter Monday"),
            (date(year, 5, 1), "Labour Day"),
            (date(year, 12, 24), "Christmas Eve"),
            (date(year, 12, 25), "Christmas Day"),
            (date(year, 12, 26), "Boxing Day"),
            (date(year, 12, 31), "New Year's Eve"),
        ]
    return [(day, name) for day, name in sorted(found) if first <= day <= last]


def _months_back(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, min(day.day, 28))


def _offset(zone: str, day: date) -> int:
    """Seconds that a clock in `zone` is ahead of UTC at noon of `day`."""
    offset = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@dataclass(frozen=True)
class Clock:
    """`first` and `last` day; `business` all business days from `first` to 500 days past `last`;
    `offsets[zone, day - first]` seconds to add to UTC for local time."""

    first: int
    last: int
    business: np.ndarray
    holiday_days: np.ndarray
    offsets: np.ndarray

    @classmethod
    def for_end(cls, end: date) -> "Clock":
        start = _months_back(end + timedelta(days=1), MONTHS)
        horizon = end + timedelta(days=_AHEAD_DAYS)
        first = day_number(start)
        days = np.arange(first, day_number(horizon) + 1)
        free = np.array([day_number(d) for d, _ in holidays(start, horizon)])
        business = days[((days + 3) % 7 < 5) & ~np.isin(days, free)]  # 1970-01-01 was a Thursday
        offsets = np.array(
            [[_offset(zone, start + timedelta(days=i)) for i in range(len(days))] for zone in TIME_ZONES]
        )
        return cls(first, day_number(end), business, free, offsets)

    @property
    def last_ordinal(self) -> int:
        """Position in `business` of the last business day not after `last`."""
        return int(np.searchsorted(self.business, self.last, side="right")) - 1

    def ordinal(self, days: np.ndarray) -> np.ndarray:
        """Position in `business` of the first business day on or after each day."""
        return np.minimum(np.searchsorted(self.business, days), len(self.business) - 1)

    def on_business(self, days: np.ndarray) -> np.ndarray:
        """The first business day on or after each day."""
        return self.business[self.ordinal(days)]

    def utc(self, days: np.ndarray, local_seconds: np.ndarray, zones: np.ndarray) -> np.ndarray:
        """The moment at which a clock in `zones` shows `local_seconds` (after 03:00) on `days`."""
        column = np.clip(days - self.first, 0, self.offsets.shape[1] - 1)
        return days * DAY + local_seconds - self.offsets[zones, column]


def weekday(days: np.ndarray) -> np.ndarray:
    """0 Monday … 6 Sunday."""
    return (days + 3) % 7


def month_of(days: np.ndarray) -> np.ndarray:
    """Months since 1970-01."""
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_start(months: np.ndarray) -> np.ndarray:
    """First day of months since 1970-01."""
    return np.asarray(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
