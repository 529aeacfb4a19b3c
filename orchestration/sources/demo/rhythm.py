"""When in a day people do things: prospecting blocks, calls, meetings, changes to deals.

Belongs here: times of day. On which days things happen is decided where they are planned.
"""

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.clock import weekday
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.world import World

HOUR = 3600
# Way of working: weekdays (0 Monday), start and end of its recurring block, seconds of local time.
BLOCKS: dict[int, tuple[tuple[int, ...], int, int]] = {
    t.DILIGENT: ((0, 1, 2, 3, 4), 9 * HOUR, 10 * HOUR + 1800),
    t.RECONTACT: ((1, 2, 3), 9 * HOUR, 10 * HOUR + 1800),
    t.IDLE: ((0, 1, 2, 3), 13 * HOUR, 16 * HOUR),
    **dict.fromkeys(t.ORDINARY, ((1, 2, 3), 9 * HOUR, 10 * HOUR + 1800)),
}
USED_BLOCKS = tuple(way for way in BLOCKS if way != t.IDLE)
FRIDAY = 4
# Hours of the day at which a deal is created, its close date moved, its stage changed: in that order,
# all after the meetings of the day.
CREATED, PUSHED, MOVED = 15 * HOUR, 15 * HOUR + 1800, 16 * HOUR


def deal_moments(
    world: World, deals: Deals, rows: np.ndarray, positions: np.ndarray, hour: int
) -> np.ndarray:
    """The moment of a change to the deals in `rows` on business days `positions`."""
    local = hour + (rows * 7_919 + 1_031) % 1_700
    return world.moment(world.clock.business[positions], local, deals.owner[rows])


def prospecting_time(rng: np.random.Generator, team: Team, owner: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Local seconds for touches to leads: inside the block where a rep keeps one that day. Whoever
    leaves the blocks idle does it all late on Friday."""
    rep = np.minimum(owner, team.reps - 1)
    in_block = np.zeros(len(owner), bool)
    for way in USED_BLOCKS:
        in_block |= (team.ways[rep] == way) & np.isin(weekday(days), BLOCKS[way][0])
    idle = team.ways[rep] == t.IDLE
    low = np.select([in_block, idle], [9 * HOUR, 16 * HOUR], 11 * HOUR)
    high = np.select([in_block, idle], [10 * HOUR + 1700, 17 * HOUR], 17 * HOUR + 600)
    return rng.integers(low, high)


def selling_time(rng: np.random.Generator, team: Team, owner: np.ndarray) -> np.ndarray:
    """Local seconds for touches on deals: never inside a block."""
    idle = team.has_way(owner, t.IDLE)
    return rng.integers(
        np.where(idle, 9 * HOUR + 1800, 11 * HOUR), np.where(idle, 12 * HOUR + 1800, 14 * HOUR + 1500)
    )


def meeting_start(rng: np.random.Generator, team: Team, owner: np.ndarray) -> np.ndarray:
    """Local seconds at which a customer meeting starts: a half hour, never inside a block and over
    before deals are changed at 15:00."""
    idle = team.has_way(owner, t.IDLE)
    return np.where(idle, rng.integers(19, 24, len(owner)), rng.integers(22, 28, len(owner))) * 1800
