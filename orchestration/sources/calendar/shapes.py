"""What goes into and comes out of the expansion of a calendar. No imports beyond the standard library:
the expansion process starts with these.
"""

import datetime as dt
from dataclasses import dataclass, field

# All text. Times are UTC ISO; `occurrence_start` and `recurrence_id` of an all-day event are dates.
COLUMNS: tuple[str, ...] = (
    "uid",
    "recurrence_id",
    "occurrence_start",
    "starts_at",
    "ends_at",
    "is_all_day",
    "time_zone",
    "is_floating",
    "status",
    "transparency",
    "visibility",
    "summary",
    "description",
    "location",
    "organizer_email",
    "attendees",
    "conference_url",
    "categories",
    "created",
    "last_modified",
    "sequence",
    "series_kind",
    "event_type",
    "time_fold",
    "calendar_owner",
)
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class ExpansionLimits:
    """What one calendar file may cost. Sizes in bytes; a quarter of the seconds is for any one event. An
    event may have more instances where the window is so long that four a day are more."""

    max_file_bytes: int = 20_000_000
    max_instances_per_event: int = 2_000
    max_instances_per_file: int = 100_000
    seconds_per_file: float = 20


@dataclass(frozen=True)
class Scope:
    """How to read a calendar. Occurrences that overlap [`window_start`, `window_end`) are wanted.

    `floating_zone`: IANA name, for times without a zone and all-day events, unless the calendar
    names its own (X-WR-TIMEZONE). `owner`: whose calendar it is, where configured; else the address
    that is the calendar's name, else `fallback_owner`. Organisers do not count: they change with the
    events, and the owner is part of the key.
    """

    window_start: dt.datetime
    window_end: dt.datetime
    floating_zone: str
    owner: str | None = None
    fallback_owner: str = "unknown"


@dataclass(frozen=True)
class Rejection:
    """An event that cannot land (`row`: its number in the file), or the whole file (`row` 0)."""

    row: int
    code: str
    reason: str
    record: str


@dataclass
class Expansion:
    """`rows`: (number of the VEVENT in the file, values in the order of `COLUMNS`). `unknown_zones`: names of
    zones that mean nothing here, and how many events were therefore read in the calendar's own."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    unknown_zones: dict[str, int] = field(default_factory=dict)
