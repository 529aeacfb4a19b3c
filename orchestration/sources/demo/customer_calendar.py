"""Meetings with customers as calendar events.

Belongs here: who is invited and what the invitation looks like. The meetings are from `meetings.py`.
"""

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.columns import DAY
from orchestration.sources.demo.events import ACCEPTED, CANCELLED, FIRST_TOPIC, NEEDS_ACTION, Events, events
from orchestration.sources.demo.meetings import Meetings
from orchestration.sources.demo.world import World

_AGENDAS = (0.95, 0.6)  # share of invitations with an agenda: diligent, others
_CANCELLED = 0.05  # for each hundred meetings held, five more were called off


def customer_events(world: World, meetings: Meetings) -> list[Events]:
    """Each meeting on the rep's calendar, now and then also on that of the manager who coaches; and the
    ones that were called off."""
    rng, team, clock = world.rng("customer calendar"), world.team, world.clock
    n, users = len(meetings), len(team.manager)
    day = clock.business[meetings.position]
    start = world.moment(day, meetings.start, meetings.owner)
    made = np.minimum(start, (clock.last + 1) * DAY) - rng.integers(3 * DAY, 9 * DAY, n)
    joins = team.coaching_manager(meetings.owner) & (rng.random(n) < 0.06)
    guests = np.column_stack(
        [
            users + meetings.contact,
            np.where(meetings.second >= 0, users + meetings.second, -1),
            np.where(joins, team.manager[meetings.owner], -1),
        ]
    )
    diligent = team.has_way(meetings.owner, t.DILIGENT)
    agenda = rng.random(n) < np.where(diligent, *_AGENDAS)
    ahead = meetings.position > world.last
    answer = np.where(ahead & (rng.random(n) < 0.3), NEEDS_ACTION, ACCEPTED)
    online = rng.random(n) < 0.8

    def rows(chosen: np.ndarray, calendar: np.ndarray, at: np.ndarray, on: np.ndarray, status: int) -> Events:
        return events(
            calendar[chosen],
            at[chosen],
            meetings.minutes[chosen],
            on[chosen],
            FIRST_TOPIC + meetings.topic[chosen],
            organizer=meetings.owner[chosen],
            guests=guests[chosen],
            account=meetings.account[chosen],
            agenda=agenda[chosen],
            guest_response=answer[chosen],
            online=online[chosen],
            made=made[chosen],
            status=status,
            meeting=chosen,
        )

    held = rows(np.arange(n), meetings.owner, start, day, 0)
    joined = rows(np.flatnonzero(joins), team.manager[meetings.owner], start, day, 0)
    columns = Events.__dataclass_fields__
    both = Events(**{name: np.concatenate([getattr(held, name), getattr(joined, name)]) for name in columns})
    off = np.flatnonzero((rng.random(n) < _CANCELLED) & (meetings.position > 6))
    shifted = clock.business[np.maximum(meetings.position - 4, 0)]
    called_off = rows(off, meetings.owner, start + (shifted - day) * DAY, shifted, CANCELLED)
    called_off.made = called_off.made - 5 * DAY
    return [both, called_off]
