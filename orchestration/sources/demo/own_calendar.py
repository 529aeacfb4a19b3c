"""The organisation's own calendar: blocks, coaching, team meetings, focus time, absence, promises.

Belongs here: events without customers. Those with customers are in `customer_calendar.py`.
"""

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.clock import weekday
from orchestration.sources.demo.events import (
    ADMIN,
    BLOCK,
    DECLINED,
    FOCUS,
    FOCUS_TIME,
    INTERNAL,
    ONE_TO_ONE,
    OUT,
    OUT_OF_OFFICE,
    PARTY,
    PROMISE,
    RESEARCH,
    REVIEW,
    TEAM_MEETING,
    TRAVEL,
    Events,
    events,
)
from orchestration.sources.demo.rhythm import BLOCKS, HOUR
from orchestration.sources.demo.touches import PROMISE_QUOTE, Touches
from orchestration.sources.demo.world import World

_AHEAD = 20  # business days for which recurring events already stand in the calendar
_SCHEDULED_PROMISES = (0.85, 0.2)  # share of promises with a slot of their own: diligent, others


def own_events(world: World, promises: Touches, room: int) -> list[Events]:
    """Everything in the calendars of reps and managers that concerns no customer."""
    rng = world.rng("own calendar")
    parts = [*_blocks(world), *_coaching(world), _team_meetings(world, room)]
    return [*parts, *_singles(rng, world), _promised(rng, world, promises)]


def _days(world: World) -> np.ndarray:
    return world.clock.business[: world.last + _AHEAD]


def _blocks(world: World) -> list[Events]:
    """The recurring prospecting blocks of those who keep them, and of the one who leaves them idle."""
    parts = []
    for way, (on, start, end) in BLOCKS.items():
        days = _days(world)
        rep, day = (
            g.ravel()
            for g in np.meshgrid(world.team.of_way(way), days[np.isin(weekday(days), on)], indexing="ij")
        )
        made = np.full(len(rep), world.clock.first * 86_400 + 6 * HOUR)
        parts.append(
            events(
                rep,
                world.moment(day, start, rep),
                (end - start) // 60,
                day,
                BLOCK,
                series=rep,
                made=made,
            )
        )
    return parts


def _coaching(world: World) -> list[Events]:
    """The manager who coaches: a 1:1 with each rep every week, a pipeline review every other week. Both
    stand in both calendars."""
    coached = np.flatnonzero(world.team.coaching_manager(np.arange(world.team.reps)))
    rep, day = (g.ravel() for g in np.meshgrid(coached, _days(world), indexing="ij"))
    talk = weekday(day) == world.team.ways[rep] % 5
    look = (weekday(day) == (world.team.ways[rep] + 2) % 5) & (day // 7 % 2 == 0)
    parts = []
    for chosen, summary, local, minutes in (
        (talk, ONE_TO_ONE, 10 * HOUR + 1800, 30),
        (look, REVIEW, 16 * HOUR, 45),
    ):
        who, when = rep[chosen], day[chosen]
        manager = world.team.manager[who]
        start = world.moment(when, local, who)
        number = np.arange(len(who))
        guests = np.column_stack([who, np.full((len(who), 2), -1)])
        made = np.full(len(who), world.clock.first * 86_400 + 6 * HOUR)
        more = {
            "organizer": manager,
            "guests": guests,
            "series": who,
            "meeting": number,
            "made": made,
            "online": True,
        }
        both = [events(user, start, minutes, when, summary, **more) for user in (who, manager)]
        parts.append(_same(both))
    return parts


def _same(parts: list[Events]) -> Events:
    """Parts that show the same meetings on different calendars: their numbers are kept."""
    columns = Events.__dataclass_fields__
    return Events(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns})


def _team_meetings(world: World, room: int) -> Events:
    """Each manager's team, every Monday."""
    staff = np.arange(world.team.staff)
    days = _days(world)
    user, day = (g.ravel() for g in np.meshgrid(staff, days[weekday(days) == 0], indexing="ij"))
    manager = np.where(user < world.team.reps, world.team.manager[user], user)
    start = world.moment(day, 16 * HOUR + 1800, np.full(len(day), world.team.importer))
    guest = np.where(
        user == manager, (manager - world.team.reps) // 2 * 12 + (manager - world.team.reps) % 2 * 6, user
    )
    guests = np.column_stack([guest, np.full(len(user), room), np.full(len(user), -1)])
    weeks = (day - world.clock.first) // 7
    return events(
        user, start, 45, day, TEAM_MEETING, organizer=manager, guests=guests, series=manager, agenda=True,
        meeting=manager * 200 + weeks, made=np.full(len(user), world.clock.first * 86_400 + 6 * HOUR),
    )  # fmt: skip


def _singles(rng: np.random.Generator, world: World) -> list[Events]:
    """Single events: so many a week of each kind, at a time of their own."""
    user, day = (g.ravel() for g in np.meshgrid(np.arange(world.team.staff), _days(world), indexing="ij"))
    draw = rng.random((len(user), 7))

    def often(kind: int, weekly: float) -> tuple[np.ndarray, np.ndarray]:
        rows = np.flatnonzero(draw[:, kind] < weekly / 5)
        return user[rows], day[rows]

    def at(who: np.ndarray, when: np.ndarray, low: int, high: int) -> np.ndarray:
        return world.moment(when, rng.integers(low * 2, high * 2, len(who)) * 1800, who)

    internal, when = often(0, 1.3)
    colleague = (internal // 12 * 12 + rng.integers(1, 12, len(internal)) + internal) % world.team.staff
    guests = np.column_stack(
        [
            np.where(colleague == internal, (internal + 1) % world.team.staff, colleague),
            np.full((len(internal), 2), -1),
        ]
    )
    response = np.where(rng.random(len(internal)) < 0.06, DECLINED, 0)
    hosts = np.where(rng.random(len(internal)) < 0.5, internal, guests[:, 0])
    guests[:, 0] = np.where(hosts == internal, guests[:, 0], internal)
    topic = INTERNAL + rng.integers(0, 3, len(internal))
    parts = [
        events(
            internal,
            at(internal, when, 15, 17),
            30,
            when,
            topic,
            organizer=hosts,
            guests=guests,
            response=response,
        )
    ]
    for kind, weekly, summary, low, high, minutes, more in (
        (1, 0.5, OUT, 12, 13, 60, {"private": True}),
        (2, 1.0, FOCUS, 15, 16, 60, {"kind": FOCUS_TIME}),
        (3, 0.6, RESEARCH, 15, 17, 45, {}),
        (4, 0.6, ADMIN, 16, 17, 30, {}),
        (5, 0.2, TRAVEL, 14, 16, 90, {}),
        (6, 0.1, OUT, 15, 16, 120, {"kind": OUT_OF_OFFICE}),
    ):
        who, when = often(kind, weekly)
        parts.append(events(who, at(who, when, low, high), minutes, when, summary, **more))
    party = np.arange(world.team.staff)
    midsummer = np.full(world.team.staff, world.clock.on_business(np.array([world.clock.last - 380]))[0])
    parts.append(events(party, midsummer * 86_400, 0, midsummer, PARTY, whole_day=True))
    return parts


def _promised(rng: np.random.Generator, world: World, promises: Touches) -> Events:
    """Slots that reps keep for what they promised, on the day it is due, titled as the promise."""
    diligent, others = _SCHEDULED_PROMISES
    share = np.where(world.team.has_way(promises.owner, t.DILIGENT), diligent, others)
    kept = promises.take(np.flatnonzero(rng.random(len(promises)) < share))
    start = world.moment(kept.due, 15 * HOUR + 1800, kept.owner)
    made = kept.made + 600
    return events(
        kept.owner,
        start,
        30,
        kept.due,
        PROMISE + kept.subject - PROMISE_QUOTE,
        account=kept.account,
        made=made,
    )
