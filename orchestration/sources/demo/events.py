"""Calendar events as plain numbers, and how they are written as Google Calendar exports them.

Belongs here: the shape of an event and its text. Which events there are is in `own_calendar.py` and
`customer_calendar.py`.
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.clock import TIME_ZONES
from orchestration.sources.demo.columns import (
    DAY,
    NONE,
    Column,
    Days,
    Frame,
    Joined,
    Moments,
    Pick,
    text_array,
)
from orchestration.sources.demo.ids import google_ids
from orchestration.sources.demo.team import Team

SUMMARIES = (
    "Prospecting block", "1:1", "Pipeline review", "Sales team meeting", "Pricing alignment", "Product update",
    "Marketing sync", "Focus time", "Web research", "CRM update and admin", "Travel to customer", "Out of office",
    "Company summer party", "Send revised quote", "Send reference list", "Call back with answers", "Discovery",
    "Needs workshop", "Proposal walk-through", "Contract review", "Kick-off", "Next steps", "Account review",
    "Solution deep dive",
)  # fmt: skip
BLOCK, ONE_TO_ONE, REVIEW, TEAM_MEETING, INTERNAL = range(5)
FOCUS, RESEARCH, ADMIN, TRAVEL, OUT, PARTY, PROMISE = range(7, 14)
FIRST_TOPIC = 16  # the topics of meetings.py follow in their order
CONFIRMED, CANCELLED = range(2)
DEFAULT, OUT_OF_OFFICE, FOCUS_TIME = range(3)
ACCEPTED, DECLINED, NEEDS_ACTION = range(3)
_AGENDA = "Agenda: where we stand, open questions, next steps and owners"
ROOM = "room-atrium@resource.calendar.google.com"


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
        "organizer": calendar, "account": -1, "series": -1, "meeting": np.arange(n), "status": CONFIRMED,
        "response": ACCEPTED, "guest_response": ACCEPTED, "kind": DEFAULT, "private": False, "agenda": False,
        "online": False, "whole_day": False, "made": start - 5 * DAY,
    } | {name: value for name, value in more.items() if name != "guests"}  # fmt: skip
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


@dataclass(frozen=True)
class Attendees:
    """The JSON list of attendees; null where there are no guests or the event is private."""

    addresses: pa.Array
    plan: Events

    def render(self, start: int, stop: int) -> pa.Array:
        part = slice(start, stop)
        plan, calendar = self.plan, self.plan.calendar[part]
        organizer, guests = plan.organizer[part], plan.guests[part]
        people = np.column_stack([organizer, guests])
        answers = text_array(["accepted", "declined", "needsAction"])
        pieces: list[pa.Array] = []
        for place in range(people.shape[1]):
            who = people[:, place]
            mine = who == calendar
            answer = np.where(
                mine, plan.response[part], np.where(place == 0, ACCEPTED, plan.guest_response[part])
            )
            flags = (who == organizer) * 1 + mine * 2 + (who == len(self.addresses) - 1) * 4
            known = pa.array(who, mask=who < 0)
            entry = pc.binary_join_element_wise(
                '{"email":"' if place == 0 else ',{"email":"',
                self.addresses.take(known),
                '","responseStatus":"',
                answers.take(pa.array(answer)),
                text_array([_FLAGS[k] for k in range(8)]).take(pa.array(flags)),
                "",
            )
            pieces.append(pc.fill_null(entry, ""))
        whole = pc.binary_join_element_wise("[", *pieces, "]", "")
        shown = (guests >= 0).any(axis=1) & ~plan.private[part]
        return pc.if_else(pa.array(shown), whole, pa.scalar(None, pa.string()))


_FLAGS = [
    '"'
    + (',"organizer":true' if k & 1 else "")
    + (',"self":true' if k & 2 else "")
    + (',"resource":true' if k & 4 else "")
    + "}"
    for k in range(8)
]


@dataclass(frozen=True)
class _Compact:
    """Moments as `_20260105T090000Z`, the end of an occurrence's id."""

    moments: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        plain = Moments(self.moments, "Z").render(start, stop)
        bare = pc.replace_substring(pc.replace_substring(plain, "-", ""), ":", "")
        return pc.binary_join_element_wise("_", bare, "")


@dataclass(frozen=True)
class _GoogleIds:
    index: np.ndarray

    def render(self, start: int, stop: int) -> pa.Array:
        part = self.index[start:stop]
        return pc.if_else(pa.array(part >= 0), google_ids(np.maximum(part, 0)), pa.scalar(None, pa.string()))


def event_table(team: Team, accounts: Accounts, plan: Events) -> Frame:
    """Google Calendar events: one row per calendar and occurrence, in order of start. An event has the
    same `id` on every calendar that shows it. Of private events only the busy time is left."""
    order = np.argsort(plan.start, kind="stable")
    plan = Events(**{f.name: getattr(plan, f.name)[order] for f in fields(Events)})
    addresses = pa.concat_arrays([team.emails, accounts.emails, text_array([ROOM])])
    again = plan.series >= 0
    own = _GoogleIds(np.where(again, plan.series, plan.meeting))
    moment_or_none = np.where(plan.whole_day, NONE, plan.start)
    suffix = Joined((_Compact(plan.start),), unless_null=Pick(text_array(["x"]), np.where(again, 0, -1)))
    seen = np.where(plan.private, -1, plan.summary)
    zone = Pick(text_array(list(TIME_ZONES)), np.where(plan.whole_day, -1, team.zone[plan.calendar]))
    named = Joined(
        (" - ", Pick(accounts.names, plan.account)), unless_null=Pick(accounts.names, plan.account)
    )
    title = Joined(
        (Pick(text_array(list(SUMMARIES)), seen), named), unless_null=Pick(text_array(list(SUMMARIES)), seen)
    )
    columns: dict[str, Column] = {
        "id": Joined((own, suffix)),
        "calendarId": Pick(addresses, plan.calendar),
        "iCalUID": Joined((own, "@google.com")),
        "status": Pick(text_array(["confirmed", "cancelled"]), plan.status),
        "summary": title,
        "description": Pick(text_array([_AGENDA]), np.where(plan.agenda & ~plan.private, 0, -1)),
        "location": Pick(text_array(["Customer site"]), np.where((plan.account >= 0) & ~plan.online, 0, -1)),
        "start_dateTime": Moments(moment_or_none, "Z"),
        "start_date": Days(np.where(plan.whole_day, plan.day, NONE)),
        "start_timeZone": zone,
        "end_dateTime": Moments(np.where(plan.whole_day, NONE, plan.end), "Z"),
        "end_date": Days(np.where(plan.whole_day, plan.day + 1, NONE)),
        "end_timeZone": zone,
        "recurringEventId": _GoogleIds(plan.series),
        "originalStartTime_dateTime": Moments(np.where(again, plan.start, NONE), "Z"),
        "transparency": Pick(
            text_array(["opaque", "transparent"]), (plan.whole_day & (plan.kind == DEFAULT)).astype(np.int8)
        ),
        "visibility": Pick(text_array(["default", "private"]), plan.private.astype(np.int8)),
        "eventType": Pick(text_array(["default", "outOfOffice", "focusTime"]), plan.kind),
        "hangoutLink": Joined(
            ("https://meet.google.com/", own),
            unless_null=Pick(text_array(["x"]), np.where(plan.online, 0, -1)),
        ),
        "organizer_email": Pick(addresses, np.where(plan.private, plan.calendar, plan.organizer)),
        "creator_email": Pick(addresses, np.where(plan.private, plan.calendar, plan.organizer)),
        "attendees": Attendees(addresses, plan),
        "created": Moments(plan.made, ".000Z"),
        "updated": Moments(plan.made, ".000Z"),
    }
    return Frame(columns, len(plan))
