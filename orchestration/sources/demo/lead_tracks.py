"""Which course each lead takes, and on which days it is touched.

Belongs here: tracks and days (business-day positions). The touches themselves are `lead_follow.py`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo import team as t
from orchestration.sources.demo.clock import Clock
from orchestration.sources.demo.deals import Deals
from orchestration.sources.demo.leads import Leads
from orchestration.sources.demo.pollution import BOUNCED, COPY, JUNK, LEFT_BEHIND, OPTED_OUT, UNTOUCHED
from orchestration.sources.demo.rhythm import FRIDAY
from orchestration.sources.demo.team import Team
from orchestration.sources.demo.world import World

(WORKED, REPLIED, NURTURE, TOKEN, OVERDUE, CONVERT, DUMPED, ALONE, BOUNCE, OPT, COPIED, LEFT) = range(12)
MOST_TOUCHES = 9
_TRACKS = {  # shares of worked through, replied, parked, token effort, and parked but forgotten
    t.DILIGENT: (0.62, 0.28, 0.1, 0.0, 0.0),
    t.TOKEN: (0.04, 0.08, 0.0, 0.88, 0.0),
    t.RECONTACT: (0.42, 0.2, 0.0, 0.0, 0.38),
}
_USUAL = (0.62, 0.26, 0.1, 0.02, 0.0)
_FATES = (
    (JUNK, DUMPED),
    (UNTOUCHED, ALONE),
    (BOUNCED, BOUNCE),
    (OPTED_OUT, OPT),
    (COPY, COPIED),
    (LEFT_BEHIND, LEFT),
)
# Touches of a track: so many, and up to so many more. Six and more over two channels are an honest
# effort; those that become deals follow the days until then.
_TOUCHES = np.zeros((12, 2), np.int64)
for _track, _least, _more in (
    (WORKED, 6, 3),
    (REPLIED, 3, 3),
    (NURTURE, 2, 3),
    (OVERDUE, 2, 3),
    (TOKEN, 1, 2),
    (DUMPED, 0, 2),
    (BOUNCE, 2, 1),
    (OPT, 2, 1),
    (LEFT, 2, 1),
):
    _TOUCHES[_track] = _least, _more


@dataclass(frozen=True)
class Course:
    """Per lead: `track`, the positions `at` of its touches (n, MOST_TOUCHES), of which the first
    `counts` are meant, and the `final` one. Some may lie after the last day."""

    rng: np.random.Generator
    world: World
    leads: Leads
    track: np.ndarray
    at: np.ndarray
    counts: np.ndarray
    final: np.ndarray

    def planned(self) -> tuple[np.ndarray, np.ndarray]:
        """Lead and turn of each touch up to the last day."""
        lead, turn = np.nonzero(
            (np.arange(MOST_TOUCHES) < self.counts[:, None]) & (self.at <= self.world.last)
        )
        return lead, turn

    def day(self, positions: np.ndarray) -> np.ndarray:
        """Days at positions; beyond the horizon, its last."""
        return self.world.clock.business[np.minimum(positions, len(self.world.clock.business) - 1)]


def plan_course(world: World, deals: Deals, leads: Leads) -> Course:
    """Choose a track for every lead, and the days of its touches: every two to four business days, for
    a lead that becomes a deal evenly until then, on Fridays where the blocks stay idle."""
    rng, n = world.rng("lead follow-up"), len(leads)
    track = _tracks(rng, leads, world.team)
    span = np.where(track == CONVERT, deals.created[np.maximum(leads.deal, 0)] - leads.position, 0)
    least, more = _TOUCHES[track].T
    counts = np.where(
        track == CONVERT, np.clip(-(-span // 5), 2, 7), least + rng.integers(0, np.maximum(more, 1))
    )
    turn = np.arange(MOST_TOUCHES)
    next_day = leads.position[:, None] + 1
    gaps = rng.integers(2, 5, (n, MOST_TOUCHES))
    at = next_day + np.cumsum(gaps, axis=1) - gaps[:, :1]
    even = next_day + turn * np.maximum(span - 1, 0)[:, None] // np.maximum(counts, 1)[:, None]
    at = np.where((track == CONVERT)[:, None], even, at)
    idle = world.team.has_way(leads.owner, t.IDLE) & (track != CONVERT)
    at = np.where(idle[:, None], _fridays(world.clock, next_day, turn), at)
    at[:, 0] = np.where(world.team.has_way(leads.owner, t.DILIGENT), leads.position, at[:, 0])
    final = np.take_along_axis(at, np.maximum(counts - 1, 0)[:, None], axis=1)[:, 0]
    return Course(rng, world, leads, track, at, counts, final)


def _tracks(rng: np.random.Generator, leads: Leads, team: Team) -> np.ndarray:
    shares = np.array([_TRACKS.get(way, _USUAL) for way in range(12)])
    way = team.ways[np.clip(leads.owner, 0, team.reps - 1)]
    draw = rng.random(len(leads))
    track = (draw[:, None] >= np.cumsum(shares, axis=1)[way]).sum(axis=1).clip(0, 4)
    for fate, fixed in _FATES:
        track[leads.has_fate(fate)] = fixed
    track[leads.is_kind("unowned")] = ALONE
    track[leads.after_token] = TOKEN
    track[leads.deal >= 0] = CONVERT
    return track


def _fridays(clock: Clock, start: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    day = clock.business[np.minimum(start, len(clock.business) - 1)]
    return clock.ordinal(day + (FRIDAY - (day + 3) % 7) % 7 + 7 * weeks)
