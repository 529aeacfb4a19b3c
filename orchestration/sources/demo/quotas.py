"""Quotas that a rep's own pipeline can carry, and one that it cannot.

Belongs here: how much a rep is asked for. The other planning files are in `planning.py`.
"""

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.clock import month_of
from orchestration.sources.demo.codes import NEVER, OPEN, RENEWAL, WON
from orchestration.sources.demo.columns import Column, Const, Frame, Joined, Money, Pick, Whole
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.pricing import in_euro_cents
from orchestration.sources.demo.world import World

_WEEKS_AHEAD = 27
_CREATION_WEEKS = 8
_LONGEST_CYCLE = 90  # days; about the ninetieth percentile of won deals
_SHARE = 0.5  # of what the pipeline carries in its weakest week: nobody but the one off the cliff falls short
_LEAST_CENTS = 100_000  # whose pipeline carries less has no quota
_PRIOR_DEALS = 5  # of the team's average, by which a rep's own win rate is drawn to the team's
_QUARTERS_AHEAD = 2


def quota_table(world: World, deals: Deals) -> Frame:
    """Planning `quotas`: a row per rep with a quota and quarter, from the first quarter to two after
    the last."""
    goal = _goals(world, deals)
    first, last = (int(month_of(np.array([day]))[0]) // 3 for day in (world.clock.first, world.clock.last))
    quarters = np.arange(first, last + _QUARTERS_AHEAD + 1)
    reps = np.flatnonzero(goal > 0)
    rep, quarter = (g.ravel() for g in np.meshgrid(reps, quarters, indexing="ij"))
    columns: dict[str, Column] = {
        "rep": Pick(world.team.emails, rep),
        "period": Joined((Whole(1970 + quarter // 4), "-Q", Whole(quarter % 4 + 1))),
        "amount": Money(goal[rep]),
        "currency": Const("EUR"),
    }
    return Frame(columns, len(rep))


def _goals(world: World, deals: Deals) -> np.ndarray:
    """Cents per rep and quarter, rounded to thousands of euros; 0 for no quota."""
    carried = _capacity(world, deals)
    off_the_cliff = world.team.ways == t.TUNNEL
    goal = np.where(off_the_cliff, np.median(carried[~off_the_cliff]), carried * _SHARE)
    return np.where(goal < _LEAST_CENTS, 0, goal // 100_000 * 100_000).astype(np.int64)


def _capacity(world: World, deals: Deals) -> np.ndarray:
    """What each rep's pipeline yields per quarter in the weakest of the coming weeks, if deals leave it
    as planned, new ones come as of late, and the usual share of the amount is won."""
    clock, reps = world.clock, world.team.reps
    value = np.where(deals.kind == RENEWAL, 0, in_euro_cents(deals.amount, deals.currency))
    created = clock.business[deals.created]
    closed = clock.business[np.where(deals.closed < NEVER, deals.closed, world.last)]
    ended = (deals.outcome != OPEN) & (closed > clock.last - 365) & (deals.kind != RENEWAL)

    def total(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.bincount(deals.owner[rows], weights[rows], reps)

    counts = np.maximum(total(ended, np.ones(len(deals))), 1)
    weeks = np.maximum(total(ended, closed - created) / counts / 7, 1)
    won = ended & (deals.outcome == WON)
    rate, prior = value[won].sum() / value[ended].sum(), _PRIOR_DEALS * value[ended].mean()
    wins = (total(won, value) + prior * rate) / (total(ended, value) + prior)
    latest = (deals.pushes < NEVER).sum(axis=1) - 1
    close = np.take_along_axis(deals.close_days, latest[:, None], axis=1)[:, 0]
    leaves = np.maximum(np.minimum(close, created + _LONGEST_CYCLE) - clock.last, 0) // 7
    fresh = total(created > clock.last - 7 * _CREATION_WEEKS, value) / _CREATION_WEEKS
    is_open = deals.outcome == OPEN
    ahead = [
        total(is_open & (leaves > week), value) + fresh * np.minimum(week, weeks)
        for week in range(_WEEKS_AHEAD)
    ]
    return np.min(ahead, axis=0) * wins / weeks * 13
