"""What the generated organisation is made from: its options, its sizes and its random streams.

Belongs here: the numbers that follow from `DemoOptions` alone. What people do is in the other files.
"""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

REPS_PER_SQUAD = 12
MANAGERS_PER_SQUAD = 2
# Below these a rep has too few deals for a quantile (5, and 10 for p90) and a behaviour may vanish.
FEWEST_LEADS = 960
FEWEST_DEALS = 480


@dataclass(frozen=True)
class DemoOptions:
    """`seed` and `scale` (1.0: 12 reps, 4,000 leads, 1,500 opportunities); `end_date` is the last day
    of the organisation and its own as_of. `cadence_emails_per_lead`: logged by a sales-engagement tool, at
    most."""

    seed: int = 20260101
    scale: float = 1.0
    end_date: date = date(2026, 6, 30)
    cadence_emails_per_lead: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.scale <= 1000:
            raise ValueError(f"scale must lie above 0 and not above 1000, not {self.scale}")

    @property
    def squads(self) -> int:
        """Teams of twelve reps and two managers."""
        return max(1, round(self.scale))

    @property
    def rep_count(self) -> int:
        return self.squads * REPS_PER_SQUAD

    @property
    def lead_count(self) -> int:
        return max(FEWEST_LEADS, round(4000 * self.scale))

    @property
    def deal_count(self) -> int:
        return max(FEWEST_DEALS, round(1500 * self.scale))

    def rng(self, subject: str) -> np.random.Generator:
        """A stream of its own per subject, so that a new subject changes no other."""
        return np.random.default_rng([self.seed, zlib.crc32(subject.encode())])


def spread(total: int, weights: np.ndarray) -> np.ndarray:
    """`total` split by `weights` into whole numbers that add up to it (largest remainders)."""
    exact = weights / weights.sum() * total
    counts = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - counts), kind="stable")[: total - int(counts.sum())]
    counts[rest] += 1
    return counts


def contained(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Whether each value is among the others. Sorting beats `np.isin`, whose hashing took half of the
    time at a million activities."""
    if not len(among):
        return np.zeros(len(values), bool)
    ordered = np.sort(among)
    return ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values


def rank_within(groups: np.ndarray) -> np.ndarray:
    """0, 1, 2 … for each element among the elements of its own group, in order of appearance."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else np.zeros(0, int)
    ranks = np.empty(len(groups), np.int64)
    lengths = np.diff(np.r_[starts, len(groups)])
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks
