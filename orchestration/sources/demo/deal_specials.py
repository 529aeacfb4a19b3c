"""Deals of which each squad has a fixed few: the big one, the fake sales, the key accounts' orders.

Belongs here: deals that exist to show one behaviour at every scale. The many are in `deals.py`.
"""

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


def special_deals(rng: np.random.Generator, team: Team, last: int) -> dict[str, np.ndarray]:
    """The fixed deals of every squad, in the columns of `Deals` that the plan starts from.

    `discount` (percent) and `size` (times the usual amount) are -1 and 1.0 for what is not special.
    """
    rows: list[tuple[int, int, int, int, int, list[int], int, int, float, int]] = []
    # way, label, kind, segment, outcome, stage entries, closed, discount, size, key account of the squad
    start = last - TUNNEL_DAYS[0] - 4
    rows.append(
        (
            t.TUNNEL,
            BIG,
            NEW,
            2,
            LOST,
            [start, start + 9, start + 24, start + 44, start + 64],
            last - TUNNEL_DAYS[1],
            -1,
            9.0,
            -1,
        )
    )
    for label, discount, shift in ((GIVEAWAY, 96, 0), (UNPAID, -1, 4), (NO_AMOUNT, 100, 9)):
        begin = last - 125 + shift
        entries = [begin, begin + 9, begin + 20, begin + 32, begin + 46]
        rows.append((t.HAPPY, label, NEW, 1, WON, entries, last - 62 + shift, discount, 1.0, -1))
    for k in range(AFTER_TOKEN_PER_SQUAD):
        begin = last - 95 + 8 * k
        entries = [begin, begin + 7, begin + 18, begin + 29, begin + 42]
        rows.append((t.ORDINARY_A, AFTER_TOKEN, NEW, k % 2, WON, entries, begin + 52, -1, 1.0, -1))
    owners = (t.ORDINARY_C, t.ORDINARY_A, t.ORDINARY_B, t.ORDINARY_D, t.DILIGENT, t.RECONTACT)
    for key in range(KEY_PER_SQUAD):
        for quarter in range(QUARTERS):
            begin = last * quarter // QUARTERS + 14 + 3 * key
            entries = [begin, begin + 4, begin + 8, begin + 12, begin + 16]
            discount = 10 + 8 * quarter if key == 0 else 6 + (key + quarter) % 3
            size = 1.6 if key == 0 else 1.3 + 0.06 * quarter
            label = KEY_HABIT if key == 0 else KEY
            rows.append((owners[key], label, RENEWAL, 2, WON, entries, begin + 20, discount, size, key))
    columns = list(zip(*rows, strict=True))
    squads, each = team.squads, len(rows)
    squad = np.repeat(np.arange(squads), each)

    def column(place: int) -> np.ndarray:
        return np.tile(np.array(columns[place]), squads)

    key = column(9)
    jitter = rng.integers(0, 3, squads * each)[:, None]  # squads do not move in step
    return {
        "owner": squad * REPS_PER_SQUAD + column(0),
        "label": column(1),
        "kind": column(2),
        "segment": column(3),
        "outcome": column(4),
        "entered": np.tile(np.array(columns[5]), (squads, 1)) - jitter,
        "closed": column(6) - jitter[:, 0],
        "quiet_from": np.full(squads * each, NEVER),
        "discount": column(7),
        "size": column(8),
        "key_account": np.where(key < 0, -1, squad * KEY_PER_SQUAD + key),
    }
