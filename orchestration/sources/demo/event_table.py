"""Events as Google Calendar exports them: one row per calendar and occurrence.

Belongs here: the text of an event. Its numbers are in `events.py`.
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.clock import TIME_ZONES
from orchestration.sources.demo.columns import NONE, Column, Days, Frame, Joined, Moments, Pick, text_array
from orchestration.sources.demo.events import ACCEPTED, DEFAULT, SUMMARIES, Events
from orchestration.sources.demo.ids import google_ids
from orchestration.sources.demo.team import Team

_AGENDA = "Agenda: where we stand, open questions, next steps and owners"
ROOM = "room-atrium@resource.calendar.google.com"


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
    zone = Pick(text_array(TIME_ZONES), np.where(plan.whole_day, -1, team.zone[plan.calendar]))
    named = Joined(
        (" - ", Pick(accounts.names, plan.account)), unless_null=Pick(accounts.names, plan.account)
    )
    title = Joined((Pick(text_array(SUMMARIES), seen), named), unless_null=Pick(text_array(SUMMARIES), seen))
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
