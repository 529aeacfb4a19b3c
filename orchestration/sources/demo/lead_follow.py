"""How each lead is followed up: touched, answered, parked, dropped or converted.

Belongs here: the touches of each lead's course, and where it stands on the last day.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo.columns import NONE
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.lead_tracks import (
    ALONE,
    BOUNCE,
    CONVERT,
    COPIED,
    DUMPED,
    LEFT,
    NURTURE,
    OPT,
    OVERDUE,
    REPLIED,
    TOKEN,
    WORKED,
    Course,
    plan_course,
)
from orchestration.sources.demo.leads import Leads
from orchestration.sources.demo.rhythm import CREATED, HOUR, deal_moments, prospecting_time
from orchestration.sources.demo.touches import (
    AUTO_REPLY,
    CALL,
    EMAIL,
    INTRO_CALL,
    INTRO_MAIL,
    LATER,
    NEXT_CALL,
    NEXT_MAIL,
    RECONTACT_CALL,
    REPLY,
    UNSUBSCRIBE,
    Touches,
    touches,
)
from orchestration.sources.demo.world import World

STATUSES = (
    "Open - Not Contacted",
    "Working - Contacted",
    "Nurturing",
    "Unqualified",
    "Closed - Not Converted",
    "Closed - Converted",
)
FRESH, WORKING, NURTURING, UNQUALIFIED, NOT_CONVERTED, CONVERTED = range(len(STATUSES))
# Positions in words.DISQUALIFIED.
NO_ANSWER, NOT_INTERESTED, NOT_A_FIT, BAD_DATA, BAD_EMAIL, OPTED, DUPLICATE = range(7)
RECONTACT_EVERY = 150  # days between the dates on which a parked prospect asked to be called


@dataclass(frozen=True)
class FollowUp:
    """Per lead: `track`, present `status`, `reason` (-1: none), moments of the `first` touch and of
    the `ended` status (NONE where there is none), `recontact` day (NONE), `bounced` moment (NONE),
    `last_day` of a touch (NONE) and all touches."""

    track: np.ndarray
    status: np.ndarray
    reason: np.ndarray
    first: np.ndarray
    ended: np.ndarray
    recontact: np.ndarray
    bounced: np.ndarray
    last_day: np.ndarray
    touches: Touches


def follow_up(world: World, deals: Deals, leads: Leads) -> FollowUp:
    """Follow every lead up to the last day."""
    course = plan_course(world, deals, leads)
    out = _outbound(course)
    recontact, calls = _recontacts(course)
    whole = Touches.joined([out, *_answers(course), *calls])
    own = ~whole.inbound
    last_day = np.full(len(leads), NONE)
    np.maximum.at(last_day, whole.lead[own], whole.due[own])
    first = np.full(len(leads), -NONE)
    np.minimum.at(first, out.lead, out.moment)
    first = np.where(first == -NONE, NONE, first)
    status, reason, ended = _endings(course, deals, first)
    bounced = np.where((course.track == BOUNCE) & (first != NONE), first + 120, NONE)
    return FollowUp(course.track, status, reason, first, ended, recontact, bounced, last_day, whole)


def _outbound(course: Course) -> Touches:
    """The rep's own touches: calls and e-mails in turn, a token effort by telephone only."""
    rng, world, leads = course.rng, course.world, course.leads
    rows, turn = course.planned()
    at, track = course.at[rows, turn], course.track[rows]
    owner, day = leads.owner[rows], course.day(at)
    channel = np.where((turn + rows) % 2 == 0, CALL, EMAIL)
    channel = np.where(track == TOKEN, CALL, np.where(track == BOUNCE, EMAIL, channel))
    moment = world.moment(day, prospecting_time(rng, world.team, owner, day), owner)
    at_once = leads.created[rows] + rng.integers(300, 3300, len(rows))
    moment = np.where(at == leads.position[rows], at_once, moment)
    calls = np.where(turn == 0, INTRO_CALL, NEXT_CALL)
    subject = np.where(channel == CALL, calls, np.where(turn == 0, INTRO_MAIL, NEXT_MAIL))
    connected = np.select([track == CONVERT, np.isin(track, [WORKED, TOKEN])], [60, 4], 25)
    return touches(rng, moment, day, owner, channel=channel, subject=subject, lead=rows, connected=connected)


def _answers(course: Course) -> list[Touches]:
    """What comes back: replies on the business day after the last touch, and automatic ones."""
    rng, world, leads = course.rng, course.world, course.leads
    wanted = ((REPLIED, REPLY), (CONVERT, REPLY), (NURTURE, LATER), (OVERDUE, LATER), (OPT, UNSUBSCRIBE))
    parts = []
    for track, subject in (*wanted, (WORKED, AUTO_REPLY)):
        chosen = (course.track == track) & (course.final + 1 <= world.last)
        chosen &= (subject != AUTO_REPLY) | (rng.random(len(leads)) < 0.04)
        rows = np.flatnonzero(chosen)
        day = course.day(course.final[rows] + 1)
        owner = leads.owner[rows]
        moment = world.moment(day, rng.integers(11 * HOUR, 14 * HOUR, len(rows)), owner)
        parts.append(
            touches(rng, moment, day, owner, channel=EMAIL, subject=subject, lead=rows, inbound=True)
        )
    return parts


def _recontacts(course: Course) -> tuple[np.ndarray, list[Touches]]:
    """The day on which each parked prospect asked to be called, as it stands on the last day, and the
    calls on those days that were kept. Whoever ignores them leaves the first date standing."""
    rng, world, leads = course.rng, course.world, course.leads
    clock, track = world.clock, course.track
    parked = np.isin(track, [NURTURE, OVERDUE]) & (course.final + 1 <= world.last)
    asked = course.day(course.final + 1)
    every = np.where(track == OVERDUE, rng.integers(40, 110, len(leads)), RECONTACT_EVERY)
    kept = np.where(track == NURTURE, np.maximum((clock.last - asked) // every, 0), 0)
    rows = np.repeat(np.flatnonzero(parked), kept[parked])
    turn = np.arange(len(rows)) - np.repeat(np.cumsum(kept[parked]) - kept[parked], kept[parked])
    day = clock.on_business(asked[rows] + every[rows] * (turn + 1))
    inside = day < clock.last
    rows, day = rows[inside], day[inside]
    owner = leads.owner[rows]
    call = world.moment(day, prospecting_time(rng, world.team, owner, day), owner)
    reply = world.moment(day, 17 * HOUR + 900, owner)
    calls = [
        touches(rng, call, day, owner, channel=CALL, subject=RECONTACT_CALL, lead=rows, connected=40),
        touches(rng, reply, day, owner, channel=EMAIL, subject=LATER, lead=rows, inbound=True),
    ]
    return np.where(parked, asked + every * (kept + 1), NONE), calls


def _endings(course: Course, deals: Deals, first: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Present status, the reason for dropping it, and the moment the status ended what went before."""
    world, leads, track = course.world, course.leads, course.track
    n = len(leads)
    at = course.final + np.where(np.isin(track, [REPLIED, WORKED, BOUNCE, OPT]), 2, 1)
    over = ~np.isin(track, [ALONE, LEFT]) & (at <= world.last)
    soft = course.rng.random(n) < 0.3
    parked, closed = np.isin(track, [NURTURE, OVERDUE]), (track == COPIED) | ((track == REPLIED) & soft)
    status = np.select([parked, track == CONVERT, closed], [NURTURING, CONVERTED, NOT_CONVERTED], UNQUALIFIED)
    reasons = {
        WORKED: NO_ANSWER,
        REPLIED: NOT_A_FIT,
        DUMPED: BAD_DATA,
        BOUNCE: BAD_EMAIL,
        OPT: OPTED,
        COPIED: DUPLICATE,
    }
    reason = np.select([track == k for k in reasons], list(reasons.values()), -1)
    reason = np.where(track == TOKEN, np.where(soft, NOT_INTERESTED, NO_ANSWER), reason)
    moment = world.moment(course.day(at), 17 * HOUR + 1200 + np.arange(n) * 7 % 600, leads.owner)
    rows = np.flatnonzero(track == CONVERT)
    deal = leads.deal[rows]
    moment[rows] = deal_moments(world, deals, deal, deals.created[deal], CREATED)
    over[rows] = True
    began = np.where(first == NONE, FRESH, WORKING)
    return np.where(over, status, began), np.where(over, reason, -1), np.where(over, moment, NONE)
