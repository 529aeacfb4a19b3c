"""Calendar events as plain numbers, before they become rows.

Belongs here: the shape of an event. Its text is `event_table.py`; which events there are is in
`own_calendar.py` and `customer_calendar.py`.
"""

from dataclasses import dataclass, fields

import numpy as np

from orchestration.sources.demo.columns import DAY
from orchestration.sources.demo.meetings import TOPICS

_OWN = (
    "Prospecting block",
    "1:1",
    "Pipeline review",
    "Sales team meeting",
    "Pricing alignment",
    "Product update",
    "Marketing sync",
    "Focus time",
    "Web research",
    "CRM update and admin",
    "Travel to customer",
    "Out of office",
    "Company summer party",
    "Send revised quote",
    "Send reference list",
    "Call back with answers",
)
BLOCK, ONE_TO_ONE, REVIEW, TEAM_MEETING, INTERNAL = range(5)
FOCUS, RESEARCH, ADMIN, TRAVEL, OUT, PARTY, PROMISE = range(7, 14)
FIRST_TOPIC = len(_OWN)
SUMMARIES = (*_OWN, *TOPICS)
CONFIRMED, CANCELLED = range(2)
DEFAULT, OUT_OF_OFFICE, FOCUS_TIME = range(3)
ACCEPTED, DECLINED, NEEDS_ACTION = range(3)


@dataclass
class Events:
    """One element per occurrence on one calendar. `calendar`, `organizer` and `guests` (n, 3; -1:
    nobody) are positions in the address book: users, contacts, the room. `series` -1: single;
    `meeting` is shared by the calendars that show the same event. `account` -1: none in the title;
    `whole_day` events have days instead of moments."""

    calendar: np.ndarray
    organizer: np.ndarray
    guests: np.ndarray
    start: np.ndarray
    end: np.ndarray
    day: np.ndarray
    summary: np.ndarray
    account: np.ndarray
    series: np.ndarray
    meeting: np.ndarray
    status: np.ndarray
    response: np.ndarray
    guest_response: np.ndarray
    kind: np.ndarray
    private: np.ndarray
    agenda: np.ndarray
    online: np.ndarray
    whole_day: np.ndarray
    made: np.ndarray

    def __len__(self) -> int:
        return len(self.calendar)

    @staticmethod
    def joined(parts: list["Events"]) -> "Events":
        """All parts; their meetings and series get numbers of their own."""
        shift = 0
        for part in parts:
            part.meeting = part.meeting + shift
            part.series = np.where(part.series >= 0, part.series + shift, -1)
            shift += int(max(part.meeting.max(initial=-1), part.series.max(initial=-1))) + 1
        return Events(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Events)})


def events(
    calendar: np.ndarray,
    start: np.ndarray,
    minutes: np.ndarray | int,
    day: np.ndarray,
    summary: np.ndarray | int,
    **more: np.ndarray | int | bool,
) -> Events:
    """Events from `start` for `minutes`. `more` sets other columns of `Events`; by default an event is
    the owner's own, single, confirmed, accepted and without guests."""
    n = len(calendar)
    shared = {
        "organizer": calendar,
        "account": -1,
        "series": -1,
        "meeting": np.arange(n),
        "status": CONFIRMED,
        "response": ACCEPTED,
        "guest_response": ACCEPTED,
        "kind": DEFAULT,
        "private": False,
        "agenda": False,
        "online": False,
        "whole_day": False,
        "made": start - 5 * DAY,
    } | {name: value for name, value in more.items() if name != "guests"}
    given = {name: np.broadcast_to(np.asarray(value), n).copy() for name, value in shared.items()}
    guests = np.asarray(more.get("guests", np.full((n, 3), -1)))
    end = start + np.asarray(minutes) * 60
    return Events(
        calendar=calendar,
        start=start,
        end=end,
        day=day,
        summary=np.broadcast_to(summary, n).copy(),
        guests=guests,
        **given,
    )
