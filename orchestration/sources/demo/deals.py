"""The deals: who owns which, how each moves through its stages, slips and ends.

Belongs here: the plan in numbers (business-day positions, codes, cents). Rows are made from it in
`deal_history.py` and `deal_tables.py`; touches and meetings follow it in `activities.py` and
`meetings.py`.
"""

from dataclasses import dataclass, fields

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.close_dates import close_dates
from orchestration.sources.demo.codes import (
    CLOSED_LOST,
    CLOSED_WON,
    FODDER,
    KEY,
    KEY_HABIT,
    LOST,
    NEVER,
    NEW,
    NO_DECISION,
    OPEN,
    PLAIN,
    PROPOSAL,
    QUALIFICATION,
    ROTTEN,
    SEGMENTS,
    SLIPPING,
    TUNNEL_DAYS,
    WON,
)
from orchestration.sources.demo.deal_specials import KEY_PER_SQUAD, special_deals
from orchestration.sources.demo.options import rank_within, spread
from orchestration.sources.demo.pricing import price_deals
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.world import World

_STAY_DAYS = np.array([7, 10, 11, 13, 10])  # business days in each stage, about 72 calendar days in all
_SEGMENT_PACE = np.array([0.85, 1.0, 1.15])
_WEIGHTS = np.array([1.2, 1.1, 1.1, 1.0, 0.6, 0.6, 0.8, 1.0, 1.2, 1.0, 1.1, 1.1])  # deals by way of working
_LOST_AFTER = (np.array([2, 3, 4, 5]), np.array([0.2, 0.3, 0.3, 0.2]))


@dataclass
class Deals:
    """One element (row) per deal. Positions count business days (`Clock.business`).

    `entered[:, s]` is the position at which stage s was entered, NEVER where it was not (also where
    it would be entered after the end); `closed` likewise. `pushes[:, k]`, `close_days[:, k]`: the
    position of the k-th setting of the close date (k = 0: creation) and the day it was set to.
    `quiet_from`: no more work on it from there on. Amounts are cents of `currency`.
    """

    owner: np.ndarray
    account: np.ndarray
    kind: np.ndarray
    label: np.ndarray
    segment: np.ndarray
    outcome: np.ndarray
    entered: np.ndarray
    closed: np.ndarray
    planned_close: np.ndarray
    pushes: np.ndarray
    close_days: np.ndarray
    quiet_from: np.ndarray
    currency: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    unit_cents: np.ndarray
    list_cents: np.ndarray
    first_amount: np.ndarray
    amount: np.ndarray
    loss_reason: np.ndarray
    seller_before: np.ndarray
    handed_over: np.ndarray
    from_lead: np.ndarray
    new_accounts: int
    customers: int

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def created(self) -> np.ndarray:
        """Position of the day of creation: the first stage entered."""
        return self.entered.min(axis=1)

    @property
    def stage(self) -> np.ndarray:
        """Present stage, a position in STAGES."""
        last = 4 - np.argmax(self.entered[:, ::-1] < NEVER, axis=1)
        return np.select([self.outcome == WON, self.outcome > WON], [CLOSED_WON, CLOSED_LOST], last)

    def seller(self, rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Who owned the deals in `rows` on those business days."""
        return np.where(positions < self.handed_over[rows], self.seller_before[rows], self.owner[rows])


def plan_deals(world: World) -> Deals:
    """All deals of the organisation, in order of creation."""
    rng, team, last = world.rng("deals"), world.team, world.last
    special = special_deals(rng, team, last)
    n = world.options.deal_count - len(special["owner"])
    counts = spread(n, np.tile(_WEIGHTS, team.squads))
    owner = np.repeat(np.arange(team.reps), counts)
    way = team.ways[owner]
    until = np.where(way == t.TUNNEL, last - TUNNEL_DAYS[0] - 4, last - 1)
    start = ((rank_within(owner) + rng.random(n)) / counts[owner] * until).astype(np.int64)
    draw = rng.random(n)
    label = np.select(
        [
            (way == t.FODDER) & (draw < 0.75),
            (way == t.HAPPY) & (draw < 0.8),
            (way == t.ROTTEN) & (draw < 0.5) & (start <= last - 90),
        ],
        [FODDER, SLIPPING, ROTTEN],
        PLAIN,
    )
    plain_kind = rng.choice(3, n, p=[0.78, 0.15, 0.07])
    group = {
        "owner": owner,
        "label": label,
        "kind": np.where(np.isin(label, [FODDER, SLIPPING]), NEW, plain_kind),
        "segment": rng.choice(SEGMENTS, n, p=[0.45, 0.38, 0.17]),
        "outcome": _ends(rng, way, label),
    }
    group |= _moves(rng, group, start)
    group |= {"discount": np.full(n, -1), "size": np.ones(n), "key_account": np.full(n, -1)}
    whole = {name: np.concatenate([group[name], special[name]]) for name in group}
    order = np.argsort(whole["entered"].min(axis=1), kind="stable")
    return _finish(rng, {name: values[order] for name, values in whole.items()}, world)


def _ends(rng: np.random.Generator, way: np.ndarray, label: np.ndarray) -> np.ndarray:
    """How each deal would end: shares of won, lost and no decision by the way of working."""
    won = np.select([label == FODDER, label == SLIPPING, way == t.DILIGENT], [0.04, 0.12, 0.42], 0.32)
    lost = np.select([label == FODDER, label == SLIPPING, way == t.DILIGENT], [0.9, 0.5, 0.4], 0.42)
    draw = rng.random(len(way))
    return np.select([draw < won, draw < won + lost], [WON, LOST], NO_DECISION)


def _moves(
    rng: np.random.Generator, group: dict[str, np.ndarray], start: np.ndarray
) -> dict[str, np.ndarray]:
    """Stage entries and the end of each deal, as if there were no last day."""
    n, label, outcome = len(start), group["label"], group["outcome"]
    stays = _STAY_DAYS * _SEGMENT_PACE[group["segment"]][:, None] * rng.uniform(0.6, 1.4, (n, 5))
    stays = np.where((label == SLIPPING)[:, None], stays * 1.4, stays)
    depth = np.where(outcome == LOST, rng.choice(_LOST_AFTER[0], n, p=_LOST_AFTER[1]), rng.integers(3, 6, n))
    depth = np.where((outcome == WON) | (label == SLIPPING), 5, depth)
    visited = np.arange(5) < depth[:, None]
    fodder = (label == FODDER)[:, None]
    visited = np.where(fodder, np.isin(np.arange(5), [QUALIFICATION, PROPOSAL]), visited)
    stays = np.where(fodder, np.where(np.arange(5) == PROPOSAL, rng.integers(8, 18, (n, 5)), 3), stays)
    rotten = label == ROTTEN
    visited = np.where(rotten[:, None], np.arange(5) < rng.integers(1, 4, n)[:, None], visited)
    # Six days at least, so that no deal has two stage meetings in one week: only the big one fills weeks.
    stays = np.where(visited, np.maximum(np.rint(stays), np.where(fodder, 2, 6)), 0).astype(np.int64)
    begin = start[:, None] + np.cumsum(stays, axis=1) - stays
    entered = np.where(visited, begin, NEVER)
    closed = np.where(rotten, NEVER, start + stays.sum(axis=1))
    given_up = np.where(rotten, start + stays.sum(axis=1), NEVER)
    return {"entered": entered, "closed": closed, "quiet_from": given_up}


def _finish(rng: np.random.Generator, d: dict[str, np.ndarray], world: World) -> Deals:
    """Close dates, accounts, prices, hand-overs; what lies after the last day is cut off."""
    n, last, team = len(d["owner"]), world.last, world.team
    start, planned = d["entered"].min(axis=1), d["closed"]
    pushes, close_days = close_dates(rng, d["label"], start, planned, world.clock)
    pushes = np.where((pushes > last) | (pushes >= planned[:, None]), NEVER, pushes)
    is_open = planned > last
    outcome = np.where(is_open, OPEN, d["outcome"])
    is_key = np.isin(d["label"], [KEY, KEY_HABIT])
    is_new = d["kind"] == NEW
    new_accounts = int(is_new.sum())
    customers = max(team.squads * 40, (n - new_accounts) // 3) + team.squads * KEY_PER_SQUAD
    account = np.where(is_new, np.cumsum(is_new) - 1, new_accounts + d.pop("key_account"))
    account = np.where(
        is_new | is_key, account, new_accounts + _customer(d["owner"], is_new | is_key, customers, team)
    )
    entered = np.where(d["entered"] > last, NEVER, d["entered"])
    priced = price_deals(rng, d["segment"], d["label"], d.pop("discount"), d.pop("size"))
    opening = rng.choice(
        [100, 80, 90, 115], n, p=[0.6, 0.15, 0.15, 0.1]
    )  # percent of the amount proposed later
    opening = np.where((entered[:, PROPOSAL] < NEVER) & (start < entered[:, PROPOSAL]), opening, 100)
    ordinary = team.has_way(d["owner"], *t.ORDINARY) & (d["label"] == PLAIN)
    hand = np.where(ordinary & (rng.random(n) < 0.06), start + rng.integers(3, 12, n), NEVER)
    hand = np.where((hand < np.minimum(planned, last)), hand, NEVER)
    swap = np.array([0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 11, 10])  # between ordinary reps of one manager
    before = d["owner"] - team.ways[d["owner"]] + swap[team.ways[d["owner"]]]
    return Deals(
        **{
            f.name: d[f.name]
            for f in fields(Deals)
            if f.name in d and f.name not in ("outcome", "entered", "closed")
        },
        account=account,
        outcome=outcome,
        entered=entered,
        closed=np.where(is_open, NEVER, planned),
        planned_close=planned,
        pushes=pushes,
        close_days=close_days,
        **priced,
        first_amount=priced["amount"] * opening // 100,
        loss_reason=rng.integers(0, 6, n),
        seller_before=np.where(hand < NEVER, before, d["owner"]),
        handed_over=hand,
        from_lead=is_new & np.isin(d["label"], [PLAIN, SLIPPING]) & (rng.random(n) < 0.5),
        new_accounts=new_accounts,
        customers=customers,
    )


def _customer(owner: np.ndarray, skip: np.ndarray, customers: int, team: Team) -> np.ndarray:
    """A regular customer of the owner for each deal, in turn, as a position among the customers (the
    key accounts come first)."""
    keys = team.squads * KEY_PER_SQUAD
    counts = spread(customers - keys, np.ones(team.reps))
    starts = keys + np.cumsum(counts) - counts
    return starts[owner] + rank_within(np.where(skip, -1, owner)) % counts[owner]
