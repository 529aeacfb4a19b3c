"""How each lead is followed up: touched how often and when, answered, parked, dropped or converted.

Belongs here: tracks and the touches that follow from them. All days are business-day positions.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.clock import Clock
from orchestration.sources.demo.columns import NONE
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.leads import Leads
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.pollution import BOUNCED, COPY, JUNK, LEFT_BEHIND, OPTED_OUT, UNTOUCHED
from orchestration.sources.demo.rhythm import CREATED, FRIDAY, HOUR, deal_moments, prospecting_time
from orchestration.sources.demo.team import Team
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

STATUSES = (
    "Open - Not Contacted", "Working - Contacted", "Nurturing", "Unqualified", "Closed - Not Converted", "Closed - Converted",
)  # fmt: skip
FRESH, WORKING, NURTURING, UNQUALIFIED, NOT_CONVERTED, CONVERTED = range(len(STATUSES))
# Positions in words.DISQUALIFIED.
NO_ANSWER, NOT_INTERESTED, NOT_A_FIT, BAD_DATA, BAD_EMAIL, OPTED, DUPLICATE = range(7)
(WORKED, REPLIED, NURTURE, TOKEN, OVERDUE, CONVERT, DUMPED, ALONE, BOUNCE, OPT, COPIED, LEFT) = range(12)
MOST_TOUCHES = 9
RECONTACT_EVERY = 150  # days between the dates on which a parked prospect asked to be called
_TRACKS = {  # shares of worked through, replied, parked, token effort and parked but forgotten
    t.DILIGENT: (0.62, 0.28, 0.1, 0.0, 0.0),
    t.TOKEN: (0.04, 0.08, 0.0, 0.88, 0.0),
    t.RECONTACT: (0.42, 0.2, 0.0, 0.0, 0.38),
}
_USUAL = (0.62, 0.26, 0.1, 0.02, 0.0)


@dataclass
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


def _tracks(rng: np.random.Generator, leads: Leads, team: Team) -> np.ndarray:
    shares = np.array([_TRACKS.get(way, _USUAL) for way in range(12)])
    way = team.ways[np.clip(leads.owner, 0, team.reps - 1)]
    draw = rng.random(len(leads))
    track = (draw[:, None] >= np.cumsum(shares, axis=1)[way]).sum(axis=1).clip(0, 4)
    fates = (
        (JUNK, DUMPED),
        (UNTOUCHED, ALONE),
        (BOUNCED, BOUNCE),
        (OPTED_OUT, OPT),
        (COPY, COPIED),
        (LEFT_BEHIND, LEFT),
    )
    for fate, fixed in fates:
        track[leads.has_fate(fate)] = fixed
    track[leads.is_kind("unowned")] = ALONE
    track[leads.after_token] = TOKEN
    track[leads.deal >= 0] = CONVERT
    return track


def follow_up(options: DemoOptions, team: Team, clock: Clock, deals: Deals, leads: Leads) -> FollowUp:
    """Follow every lead up to the last day."""
    rng = options.rng("lead follow-up")
    n, last = len(leads), clock.last_ordinal
    track = _tracks(rng, leads, team)
    wish = rng.integers(0, 3, n)
    span = np.where(track == CONVERT, deals.created[np.maximum(leads.deal, 0)] - leads.position, 0)
    counts = np.select(
        [track == k for k in (WORKED, REPLIED, NURTURE, OVERDUE, TOKEN, CONVERT, DUMPED, BOUNCE, OPT, LEFT)],
        [
            wish + 6,
            wish + 3,
            wish + 2,
            wish + 2,
            1 + wish % 2,
            np.clip(-(-span // 5), 2, 7),
            wish % 2,
            2,
            2,
            2,
        ],
        0,
    )
    order = np.arange(MOST_TOUCHES)
    gaps = rng.integers(2, 5, (n, MOST_TOUCHES))
    at = leads.position[:, None] + 1 + np.cumsum(gaps, axis=1) - gaps[:, :1]
    even = (
        leads.position[:, None]
        + 1
        + order * np.maximum(span - 1, 0)[:, None] // np.maximum(counts, 1)[:, None]
    )
    at = np.where((track == CONVERT)[:, None], even, at)
    idle = team.has_way(leads.owner, t.IDLE) & (track != CONVERT)
    at = np.where(idle[:, None], _fridays(clock, leads.position[:, None] + 1, order), at)
    at[:, 0] = np.where(team.has_way(leads.owner, t.DILIGENT), leads.position, at[:, 0])
    final = np.take_along_axis(at, np.maximum(counts - 1, 0)[:, None], axis=1)[:, 0]
    rows, column = np.nonzero((order < counts[:, None]) & (at <= last))
    out = _outbound(rng, team, clock, leads, track, rows, column, at[rows, column])
    parts = [out, *_answers(rng, team, clock, leads, track, final)]
    recontact, calls = _recontacts(rng, team, clock, leads, track, final)
    whole = Touches.joined(parts + calls)
    mine = np.full(n, NONE)
    np.maximum.at(mine, whole.lead[~whole.inbound], whole.due[~whole.inbound])
    first = np.full(n, -NONE)
    np.minimum.at(first, out.lead, out.moment)
    first = np.where(first == -NONE, NONE, first)
    status, reason, ended = _endings(rng, team, clock, deals, leads, track, final, first)
    bounced = np.where((track == BOUNCE) & (first != NONE), first + 120, NONE)
    return FollowUp(track, status, reason, first, ended, recontact, bounced, mine, whole)


def _fridays(clock: Clock, start: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    day = clock.business[np.minimum(start, len(clock.business) - 1)]
    return clock.ordinal(day + (FRIDAY - (day + 3) % 7) % 7 + 7 * weeks)


def _outbound(
    rng: np.random.Generator,
    team: Team,
    clock: Clock,
    leads: Leads,
    track: np.ndarray,
    rows: np.ndarray,
    column: np.ndarray,
    at: np.ndarray,
) -> Touches:
    """The rep's own touches: calls and e-mails in turn, a token effort by telephone only."""
    owner, day = leads.owner[rows], clock.business[at]
    channel = np.where((column + rows) % 2 == 0, CALL, EMAIL)
    channel = np.where(track[rows] == TOKEN, CALL, np.where(track[rows] == BOUNCE, EMAIL, channel))
    moment = clock.utc(day, prospecting_time(rng, team, owner, day), team.zone[owner])
    at_once = at == leads.position[rows]
    moment = np.where(at_once, leads.created[rows] + rng.integers(300, 3300, len(rows)), moment)
    begin = column == 0
    subject = np.where(
        channel == CALL, np.where(begin, INTRO_CALL, NEXT_CALL), np.where(begin, INTRO_MAIL, NEXT_MAIL)
    )
    connected = np.select([track[rows] == CONVERT, track[rows] == WORKED], [60, 4], 25)
    return touches(rng, moment, day, owner, channel, subject, lead=rows, connected=connected)


def _answers(
    rng: np.random.Generator, team: Team, clock: Clock, leads: Leads, track: np.ndarray, final: np.ndarray
) -> list[Touches]:
    """What comes back: replies on the business day after the last touch, and automatic ones."""
    parts = []
    wanted = ((REPLIED, REPLY), (CONVERT, REPLY), (NURTURE, LATER), (OVERDUE, LATER), (OPT, UNSUBSCRIBE))
    for code, subject in (*wanted, (WORKED, AUTO_REPLY)):
        chosen = (track == code) & (final + 1 <= clock.last_ordinal)
        chosen &= (subject != AUTO_REPLY) | (rng.random(len(leads)) < 0.04)
        rows = np.flatnonzero(chosen)
        day = clock.business[final[rows] + 1]
        owner = leads.owner[rows]
        moment = clock.utc(day, rng.integers(11 * HOUR, 14 * HOUR, len(rows)), team.zone[owner])
        parts.append(touches(rng, moment, day, owner, EMAIL, subject, lead=rows, inbound=True))
    return parts


def _recontacts(
    rng: np.random.Generator, team: Team, clock: Clock, leads: Leads, track: np.ndarray, final: np.ndarray
) -> tuple[np.ndarray, list[Touches]]:
    """The day on which each parked prospect asked to be called, as it stands on the last day, and the
    calls on those days that were kept. Whoever ignores them leaves the first date standing."""
    answered = final + 1 <= clock.last_ordinal
    asked = clock.business[np.minimum(final + 1, len(clock.business) - 1)]
    every = np.where(track == OVERDUE, rng.integers(40, 110, len(leads)), RECONTACT_EVERY)
    kept = np.where(track == NURTURE, np.maximum((clock.last - asked) // every, 0), 0)
    parked = np.isin(track, [NURTURE, OVERDUE]) & answered
    rows = np.repeat(np.flatnonzero(parked), kept[parked])
    turn = np.arange(len(rows)) - np.repeat(np.cumsum(kept[parked]) - kept[parked], kept[parked])
    day = clock.on_business(asked[rows] + every[rows] * (turn + 1))
    inside = day < clock.last
    rows, day = rows[inside], day[inside]
    owner = leads.owner[rows]
    call = clock.utc(day, prospecting_time(rng, team, owner, day), team.zone[owner])
    reply = clock.utc(day, np.full(len(rows), 17 * HOUR + 900), team.zone[owner])
    calls = [
        touches(rng, call, day, owner, CALL, RECONTACT_CALL, lead=rows, connected=40),
        touches(rng, reply, day, owner, EMAIL, LATER, lead=rows, inbound=True),
    ]
    return np.where(parked, asked + every * (kept + 1), NONE), calls


def _endings(
    rng: np.random.Generator,
    team: Team,
    clock: Clock,
    deals: Deals,
    leads: Leads,
    track: np.ndarray,
    final: np.ndarray,
    first: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Present status, the reason for dropping it, and the moment the status ended what went before."""
    n = len(leads)
    at = final + np.where(np.isin(track, [REPLIED, WORKED, BOUNCE, OPT]), 2, 1)
    over = ~np.isin(track, [ALONE, LEFT]) & (at <= clock.last_ordinal)
    soft = rng.random(n) < 0.3
    status = np.select(
        [
            np.isin(track, [NURTURE, OVERDUE]),
            track == CONVERT,
            (track == COPIED) | ((track == REPLIED) & soft),
        ],
        [NURTURING, CONVERTED, NOT_CONVERTED],
        UNQUALIFIED,
    )
    reason = np.select(
        [track == k for k in (WORKED, TOKEN, REPLIED, DUMPED, BOUNCE, OPT, COPIED)],
        [
            NO_ANSWER,
            np.where(soft, NOT_INTERESTED, NO_ANSWER),
            NOT_A_FIT,
            BAD_DATA,
            BAD_EMAIL,
            OPTED,
            DUPLICATE,
        ],
        -1,
    )
    local = 17 * HOUR + 1200 + np.arange(n) * 7 % 600
    moment = clock.utc(clock.business[np.minimum(at, len(clock.business) - 1)], local, team.zone[leads.owner])
    rows = np.flatnonzero(track == CONVERT)
    deal = leads.deal[rows]
    moment[rows] = deal_moments(deals, team, clock, deal, deals.created[deal], CREATED)
    over[rows] = True
    began = np.where(first == NONE, FRESH, WORKING)
    return np.where(over, status, began), np.where(over, reason, -1), np.where(over, moment, NONE)
