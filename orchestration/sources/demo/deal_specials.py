"""Deals of which each squad has a fixed few: the big one, the fake sales, the key accounts' orders.

Belongs here: deals that exist to show one behaviour at every scale. The many are in `deals.py`.
"""

from typing import NamedTuple

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.codes import (
    AFTER_TOKEN,
    BIG,
    GIVEAWAY,
    KEY,
    KEY_HABIT,
    LOST,
    NEVER,
    NEW,
    NO_AMOUNT,
    RENEWAL,
    TUNNEL_DAYS,
    UNPAID,
    WON,
)
from orchestration.sources.demo.options import REPS_PER_SQUAD
from orchestration.sources.demo.team import Team

KEY_PER_SQUAD = 6  # the first of them is kept from habit
QUARTERS = 6
AFTER_TOKEN_PER_SQUAD = 3
_KEY_OWNERS = (t.ORDINARY_C, t.ORDINARY_A, t.ORDINARY_B, t.ORDINARY_D, t.DILIGENT, t.RECONTACT)
_COLUMNS = ("label", "kind", "segment", "outcome", "discount", "size")


class _Special(NamedTuple):
    """A deal of every squad: the seller's way of working, what it is, its stage entries and end."""

    way: int
    label: int
    kind: int
    segment: int
    outcome: int
    entered: tuple[int, ...]
    closed: int
    discount: int = -1
    size: float = 1.0
    key: int = -1


def _stages(begin: int, *later: int) -> tuple[int, ...]:
    return (begin, *(begin + days for days in later))


def _of_a_squad(last: int) -> list[_Special]:
    start, lost = last - TUNNEL_DAYS[0] - 4, last - TUNNEL_DAYS[1]
    deals = [_Special(t.TUNNEL, BIG, NEW, 2, LOST, _stages(start, 9, 24, 44, 64), lost, size=9.0)]
    for label, discount, shift in ((GIVEAWAY, 96, 0), (UNPAID, -1, 4), (NO_AMOUNT, 100, 9)):
        stages = _stages(last - 125 + shift, 9, 20, 32, 46)
        deals.append(_Special(t.HAPPY, label, NEW, 1, WON, stages, last - 62 + shift, discount))
    for k in range(AFTER_TOKEN_PER_SQUAD):
        begin = last - 95 + 8 * k
        stages = _stages(begin, 7, 18, 29, 42)
        deals.append(_Special(t.ORDINARY_A, AFTER_TOKEN, NEW, k % 2, WON, stages, begin + 52))
    for key, way in enumerate(_KEY_OWNERS):
        for quarter in range(QUARTERS):
            begin = last * quarter // QUARTERS + 14 + 3 * key
            habit = key == 0
            deals.append(
                _Special(
                    *(
                        way,
                        KEY_HABIT if habit else KEY,
                        RENEWAL,
                        2,
                        WON,
                        _stages(begin, 4, 8, 12, 16),
                        begin + 20,
                    ),
                    discount=10 + 8 * quarter if habit else 6 + (key + quarter) % 3,
                    size=1.6 if habit else 1.3 + 0.06 * quarter,
                    key=key,
                )
            )
    return deals


def special_deals(rng: np.random.Generator, team: Team, last: int) -> dict[str, np.ndarray]:
    """The fixed deals of every squad, in the columns of `Deals` that the plan starts from.

    `discount` is in percent, -1 for an ordinary one; `size` is times the usual amount; `key_account`
    counts the key accounts of all squads, -1 where it is none.
    """
    deals = _of_a_squad(last)
    squads, n = team.squads, team.squads * len(deals)
    squad = np.repeat(np.arange(squads), len(deals))
    columns = {name: np.tile([getattr(deal, name) for deal in deals], squads) for name in _COLUMNS}
    key = np.tile([deal.key for deal in deals], squads)
    jitter = rng.integers(0, 3, n)  # squads do not move in step
    return columns | {
        "owner": squad * REPS_PER_SQUAD + np.tile([deal.way for deal in deals], squads),
        "entered": np.tile([deal.entered for deal in deals], (squads, 1)) - jitter[:, None],
        "closed": np.tile([deal.closed for deal in deals], squads) - jitter,
        "quiet_from": np.full(n, NEVER),
        "key_account": np.where(key < 0, -1, squad * KEY_PER_SQUAD + key),
    }
