"""What passes between rep and buyer on a deal, and what was promised: calls, e-mails, tasks.

Belongs here: touches that have a deal. Those to leads are in `lead_follow.py`, to target accounts in
`prospecting.py`.
"""

from typing import Unpack

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.codes import BIG, FODDER, NEVER, PROPOSAL, TUNNEL_DAYS
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.meetings import Meetings
from orchestration.sources.demo.rhythm import CREATED, HOUR, deal_moments, selling_time
from orchestration.sources.demo.touches import (
    CALL,
    EMAIL,
    INTRO_CALL,
    NEXT_MAIL,
    PROMISE_ANSWERS,
    PROMISE_QUOTE,
    QUESTIONS,
    RECAP,
    REPLY,
    REVIEW,
    RFP_MAIL,
    STATUS_CALL,
    TASK,
    TENDER_MAIL,
    Touches,
    What,
    touches,
)
from orchestration.sources.demo.world import World

_EVERY = 7  # business days between a rep's touches on a deal: below the ten that count as silence
_MOST = 24
# By way of working, in percent: a meeting is summed up afterwards; a promise is kept on time, or late.
_RECAPS = np.array([100, 85, 85, 85, 75, 80, 50, 40, 30, 20, 85, 85])
_KEPT = np.array([97, 80, 80, 78, 70, 72, 40, 35, 60, 20, 80, 80])
_LATE = np.array([2, 12, 12, 14, 15, 15, 30, 35, 20, 20, 12, 12])


class _Talk:
    """Makes touches on deals: knows who, with whom and at which moment."""

    def __init__(self, world: World, deals: Deals, accounts: Accounts) -> None:
        self.rng, self.world = world.rng("deal touches"), world
        self.deals, self.accounts = deals, accounts

    def at(
        self,
        rows: np.ndarray,
        position: np.ndarray,
        local: np.ndarray | None = None,
        **what: Unpack[What],
    ) -> Touches:
        """Touches on the deals in `rows` on business days `position`: at `local` seconds, else at some
        time of the day that is kept for deals. Inbound ones come from the first contact."""
        owner = self.deals.seller(rows, position)
        day = self.world.clock.business[position]
        chosen = selling_time(self.rng, self.world.team, owner) if local is None else local
        account = self.deals.account[rows]
        turn = 0 if what.get("inbound") else position % self.accounts.contact_count[account]
        what["deal"], what["account"] = rows, account
        what["contact"] = self.accounts.first_contact[account] + turn
        what.setdefault("connected", 55)
        return touches(self.rng, self.world.moment(day, chosen, owner), day, owner, **what)


def deal_touches(
    world: World, deals: Deals, accounts: Accounts, meetings: Meetings
) -> tuple[Touches, Touches]:
    """All touches on deals, and the promises made in meetings."""
    talk = _Talk(world, deals, accounts)
    last = world.last
    steady = [*_regular(talk, last), *_big(talk, last), _recaps(talk, meetings, last)]
    whole = Touches.joined([*steady, *_fodder(talk, last), _reviews(talk, last)])
    position = world.clock.ordinal(whole.due)
    busy = world.team.has_way(whole.owner, t.TUNNEL) & (deals.label[whole.deal] != BIG)
    busy &= talk.rng.random(len(whole)) < 0.97
    busy &= (position > last - TUNNEL_DAYS[0]) & (position < last - TUNNEL_DAYS[1])
    return whole.take(np.flatnonzero(~busy)), _promises(talk, meetings, last)


def _regular(talk: _Talk, last: int) -> list[Touches]:
    """Every seventh business day a call or an e-mail while the deal lives; every second is answered on
    the day after. Deals that did not come from a lead begin with a call on the first day."""
    rng, deals = talk.rng, talk.deals
    until = np.minimum(np.minimum(deals.closed, last + 1), deals.quiet_from)
    usual = ~np.isin(deals.label, [FODDER, BIG])
    order = np.arange(_MOST)
    at = deals.created[:, None] + 3 + _EVERY * order + rng.integers(0, 2, (len(deals), _MOST))
    deal, turn = np.nonzero((at < until[:, None]) & usual[:, None])
    position = at[deal, turn]
    channel = np.where((turn + deal) % 2 == 0, CALL, EMAIL)
    out = talk.at(deal, position, channel=channel, subject=np.where(channel == CALL, STATUS_CALL, NEXT_MAIL))
    answered = (turn % 2 == 0) & (position + 1 < until[deal])
    reply = talk.at(deal[answered], position[answered] + 1, channel=EMAIL, subject=QUESTIONS, inbound=True)
    fresh = np.flatnonzero(usual & ~deals.from_lead)
    opening = talk.at(fresh, deals.created[fresh], channel=CALL, subject=INTRO_CALL)
    back = fresh[deals.created[fresh] + 1 < until[fresh]]
    welcome = talk.at(back, deals.created[back] + 1, channel=EMAIL, subject=REPLY, inbound=True)
    return [out, reply, opening, welcome]


def _big(talk: _Talk, last: int) -> list[Touches]:
    """The big deal: a call on every second day and mail in between."""
    big = np.flatnonzero(talk.deals.label == BIG)
    days = np.arange(last - TUNNEL_DAYS[0], last - TUNNEL_DAYS[1])
    deal, day = (grid.ravel() for grid in np.meshgrid(big, days, indexing="ij"))
    even = day % 2 == 0
    return [
        talk.at(deal[even], day[even], channel=CALL, subject=STATUS_CALL),
        talk.at(deal[~even], day[~even], channel=EMAIL, subject=QUESTIONS, inbound=True),
    ]


def _fodder(talk: _Talk, last: int) -> list[Touches]:
    """Column fodder: the tender arrives, is answered with a proposal, and the buyer falls silent."""
    deals = talk.deals
    deal = np.flatnonzero(deals.label == FODDER)
    created = deals.created[deal]
    arrived = deal_moments(talk.world, deals, deal, created, CREATED) + 60
    tender = talk.at(deal, created, channel=EMAIL, subject=RFP_MAIL, inbound=True)
    tender.moment, tender.made = arrived, arrived
    offered = deal[deals.entered[deal, PROPOSAL] < NEVER]
    parts = [
        tender,
        talk.at(offered, deals.entered[offered, PROPOSAL], channel=EMAIL, subject=TENDER_MAIL),
    ]
    for wait in (3, 7):
        asked = deals.entered[offered, PROPOSAL] + wait
        rows = asked < np.minimum(deals.closed[offered], last + 1)
        parts.append(talk.at(offered[rows], asked[rows], channel=CALL, subject=STATUS_CALL))
    return parts


def _recaps(talk: _Talk, meetings: Meetings, last: int) -> Touches:
    """The summary sent after a meeting, on the same day or the next morning."""
    rng = talk.rng
    way = talk.world.team.ways[meetings.owner]
    sent = (meetings.deal >= 0) & (meetings.position < last)
    sent &= rng.integers(0, 100, len(meetings)) < _RECAPS[way]
    rows = np.flatnonzero(sent)
    later = (rng.random(len(rows)) < 0.25).astype(np.int64)
    local = np.where(later, 11 * HOUR, 17 * HOUR + 600) + rng.integers(0, 1500, len(rows))
    deal, position = meetings.deal[rows], meetings.position[rows] + later
    return talk.at(deal, position, local, channel=EMAIL, subject=RECAP)


def _reviews(talk: _Talk, last: int) -> Touches:
    """The manager who coaches goes through most deals every twenty business days."""
    deals, team = talk.deals, talk.world.team
    turn = np.arange(6)
    at = deals.created[:, None] + 12 + 20 * turn
    live = (at < np.minimum(deals.closed, last + 1)[:, None]) & team.coaching_manager(deals.owner)[:, None]
    deal, k = np.nonzero(live & (talk.rng.random(at.shape) < 0.75))
    local = 17 * HOUR + talk.rng.integers(0, 1700, len(deal))
    review = talk.at(deal, at[deal, k], local, channel=TASK, subject=REVIEW)
    review.owner = team.manager[deals.owner[deal]]
    review.contact[:] = -1
    return review


def _promises(talk: _Talk, meetings: Meetings, last: int) -> Touches:
    """What was promised in a meeting: due three to seven business days later, kept, late or never."""
    rng, clock, team = talk.rng, talk.world.clock, talk.world.team
    made = (meetings.deal >= 0) & (meetings.position <= last) & (rng.random(len(meetings)) < 0.3)
    rows = np.flatnonzero(made)
    deal, position = meetings.deal[rows], meetings.position[rows]
    subject = rng.integers(PROMISE_QUOTE, PROMISE_ANSWERS + 1, len(rows))
    local = 17 * HOUR + 1800 + rng.integers(0, 900, len(rows))
    promise = talk.at(deal, position, local, channel=TASK, subject=subject)
    way = team.ways[promise.owner]
    draw = rng.integers(0, 100, len(rows))
    due = position + rng.integers(3, 8, len(rows))
    on_time, late = draw < _KEPT[way], (draw >= _KEPT[way]) & (draw < _KEPT[way] + _LATE[way])
    finished = np.select(
        [on_time, late], [due - rng.integers(0, 2, len(rows)), due + rng.integers(2, 7, len(rows))], NEVER
    )
    promise.done = finished <= last
    done_at = talk.world.moment(clock.business[np.minimum(finished, last)], local - 2 * HOUR, promise.owner)
    promise.moment = np.where(promise.done, done_at, promise.moment)
    promise.due = clock.business[due]
    return promise
