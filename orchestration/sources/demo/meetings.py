"""Meetings with customers: on which day, with whom, how long. Calendars and follow-ups build on it.

Belongs here: meetings with people outside. The organisation's own are in `own_calendar.py`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.accounts import Accounts
from orchestration.sources.demo.codes import (
    BIG,
    FODDER,
    KEY,
    KEY_HABIT,
    NEVER,
    OPEN,
    PROPOSAL,
    ROTTEN,
    TUNNEL_DAYS,
)
from orchestration.sources.demo.deal_specials import KEY_PER_SQUAD
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.options import contained
from orchestration.sources.demo.rhythm import meeting_start
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.world import World

TOPICS = (
    "Discovery", "Needs workshop", "Proposal walk-through", "Contract review", "Kick-off", "Next steps",
    "Account review", "Solution deep dive",
)  # fmt: skip
_TOPIC_OF_STAGE = np.array([5, 0, 1, 2, 3])
KICK_OFF, NEXT, ACCOUNT_REVIEW, DEEP_DIVE = 4, 5, 6, 7
AHEAD_DAYS = (2, 12)  # business days until the next meeting of a deal that is alive


@dataclass
class Meetings:
    """One element per meeting: business-day `position`, local `start` second, `minutes`, the rep,
    `deal` (-1: none), `account`, a `contact` and a second one (-1: none), `topic`."""

    position: np.ndarray
    start: np.ndarray
    minutes: np.ndarray
    owner: np.ndarray
    deal: np.ndarray
    account: np.ndarray
    contact: np.ndarray
    second: np.ndarray
    topic: np.ndarray

    def __len__(self) -> int:
        return len(self.position)


def plan_meetings(world: World, deals: Deals, accounts: Accounts) -> Meetings:
    """Every meeting with people outside, past and ahead, in no particular order."""
    rng, team, last = world.rng("meetings"), world.team, world.last
    plans = [
        _at_stages(rng, deals, last),
        _ahead(rng, team, deals, last),
        _of_big_deals(rng, deals, last),
    ]
    deal, position, topic = (np.concatenate(parts) for parts in zip(*plans, strict=True))
    owner = deals.seller(deal, position)
    busy = team.has_way(owner, t.TUNNEL) & (deals.label[deal] != BIG)
    taken = busy & (position > last - TUNNEL_DAYS[0]) & (position < last - TUNNEL_DAYS[1])
    keep = ~taken & (position < deals.quiet_from[deal])
    deal, position, topic, owner = deal[keep], position[keep], topic[keep], owner[keep]
    minutes = np.where(deals.label[deal] == BIG, 60, np.where(topic == _TOPIC_OF_STAGE[1], 30, 45))
    selling = {"position": position, "owner": owner, "minutes": minutes, "topic": topic, "deal": deal}
    selling["account"] = deals.account[deal]
    serving = _with_customers(rng, world, deals, accounts)
    whole = {name: np.concatenate([values, serving[name]]) for name, values in selling.items()}
    account, n = whole["account"], len(whole["account"])
    other = np.where(rng.random(n) < 0.5, accounts.first_contact[account] + 1, -1)
    return Meetings(
        **whole,
        start=meeting_start(rng, team, whole["owner"]),
        contact=accounts.first_contact[account],
        second=np.where(accounts.contact_count[account] > 1, other, -1),
    )


def _at_stages(
    rng: np.random.Generator, deals: Deals, last: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A meeting on the day on which a deal enters a stage, and a kick-off on the day it is won. Key
    accounts meet twice per order; buyers who only collect offers not before the proposal."""
    met = deals.entered < NEVER
    met[:, 0] = False
    key = np.isin(deals.label, [KEY, KEY_HABIT])
    met[key] &= np.isin(np.arange(5), [1, PROPOSAL])
    met[deals.label == FODDER] = False
    met[deals.label == BIG] = False
    deal, stage = np.nonzero(met)
    won = np.flatnonzero((deals.outcome == 1) & ~key)
    late = np.flatnonzero(
        (deals.label == FODDER) & (deals.entered[:, PROPOSAL] + 4 <= last) & (rng.random(len(deals)) < 0.4)
    )
    return (
        np.r_[deal, won, late],
        np.r_[deals.entered[deal, stage], deals.closed[won], deals.entered[late, PROPOSAL] + 4],
        np.r_[_TOPIC_OF_STAGE[stage], np.full(len(won), KICK_OFF), np.full(len(late), NEXT)],
    )


def _ahead(
    rng: np.random.Generator, team: Team, deals: Deals, last: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The next meeting of each deal that is alive; happy ears have one for every second."""
    alive = (deals.outcome == OPEN) & ~np.isin(deals.label, [ROTTEN, FODDER])
    alive &= ~team.has_way(deals.owner, t.HAPPY) | (rng.random(len(deals)) < 0.5)
    deal = np.flatnonzero(alive)
    return deal, last + rng.integers(*AHEAD_DAYS, len(deal)), np.full(len(deal), NEXT)


def _of_big_deals(
    rng: np.random.Generator, deals: Deals, last: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The big deal: an hour on most days, for sixteen weeks."""
    days = np.arange(last - TUNNEL_DAYS[0], last - TUNNEL_DAYS[1])
    big = np.flatnonzero(deals.label == BIG)
    deal, day = (grid.ravel() for grid in np.meshgrid(big, days, indexing="ij"))
    met = rng.random(len(deal)) < 0.7
    return deal[met], day[met], np.full(int(met.sum()), DEEP_DIVE)


def _with_customers(
    rng: np.random.Generator, world: World, deals: Deals, accounts: Accounts
) -> dict[str, np.ndarray]:
    """Regular customers every other month, key accounts every month; the one kept from habit more and
    more often, except while an order of it is open."""
    team, last = world.team, world.last
    customers = np.arange(accounts.first_customer, accounts.first_target)
    keys = np.arange(len(customers)) < team.squads * KEY_PER_SQUAD
    habit = keys & (np.arange(len(customers)) % KEY_PER_SQUAD == 0)
    every = np.where(keys, 21, 42)
    turn = np.arange(-(-last // 21))
    account, k = (grid.ravel() for grid in np.meshgrid(customers[~habit], turn, indexing="ij"))
    position = every[account - customers[0]] * k + rng.integers(0, 15, len(k))
    account, position = account[position <= last], position[position <= last]
    kept, day = (grid.ravel() for grid in np.meshgrid(customers[habit], np.arange(last + 1), indexing="ij"))
    often = rng.random(len(day)) < 0.2 + 0.35 * day / last
    orders = np.flatnonzero(deals.label == KEY_HABIT)
    ordering = np.clip(deals.created[orders, None] + np.arange(-5, 28), 0, last) + deals.account[
        orders, None
    ] * (last + 1)
    often &= ~contained(kept * (last + 1) + day, ordering.ravel())
    account, position = np.r_[account, kept[often]], np.r_[position, day[often]]
    n = len(account)
    return {
        "position": position,
        "owner": accounts.owner[account],
        "minutes": np.where(np.arange(n) >= n - int(often.sum()), 60, 45),
        "topic": np.full(n, ACCOUNT_REVIEW),
        "deal": np.full(n, -1),
        "account": account,
    }
