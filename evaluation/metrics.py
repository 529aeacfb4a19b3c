"""The arithmetic: counts of right and wrong, and what follows from them. No input, no output."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import combinations


def ratio(part: float, whole: float) -> float | None:
    """`part / whole`; None where there is nothing to divide by, which is not the same as 0."""
    return part / whole if whole else None


@dataclass(frozen=True)
class Confusion:
    """Counts of true and false positives and negatives."""

    tp: int
    fp: int
    fn: int
    tn: int = 0

    @classmethod
    def of(cls, actual: Set[str], predicted: Set[str], everyone: Set[str]) -> "Confusion":
        """Both sets are narrowed to `everyone`, the records that are judged here."""
        actual, predicted = actual & everyone, predicted & everyone
        return cls(
            tp=len(actual & predicted),
            fp=len(predicted - actual),
            fn=len(actual - predicted),
            tn=len(everyone - actual - predicted),
        )

    @property
    def precision(self) -> float | None:
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        return ratio(self.tp, self.tp + self.fn)

    @property
    def false_positive_rate(self) -> float | None:
        return ratio(self.fp, self.fp + self.tn)

    @property
    def f1(self) -> float | None:
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def agreement(self) -> float | None:
        """Share of records that are judged as they are labelled (accuracy)."""
        return ratio(self.tp + self.tn, self.tp + self.tn + self.fp + self.fn)


Pair = tuple[str, str]


def pairs_of(groups: Iterable[Iterable[str]]) -> set[Pair]:
    """Every pair of two members of one group, the smaller id first."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def compare_pairs(actual: Set[Pair], predicted: Set[Pair]) -> Confusion:
    """Pairwise counts. True negatives are left at 0: nearly all pairs are, and would flatter."""
    return Confusion(len(actual & predicted), len(predicted - actual), len(actual - predicted))


@dataclass(frozen=True)
class Goal:
    """What is wanted, and what was measured (None: not measured, `note` says why)."""

    name: str
    target: float
    measured: float | None
    at_least: bool = True
    is_count: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool:
        if self.measured is None:
            return False
        return self.measured >= self.target if self.at_least else self.measured <= self.target

    @property
    def outcome(self) -> str:
        """`met`, `MISSED by …` or `NOT MEASURED`."""
        if self.measured is None:
            return "NOT MEASURED"
        if self.is_met:
            return "met"
        gap = abs(self.target - self.measured)
        return f"MISSED by {gap:,.0f}" if self.is_count else f"MISSED by {gap * 100:.1f} points"


def area_under_curve(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Chance that a positive scores above a negative, ties counting half (the area under the ROC curve,
    by ranks as Mann and Whitney do). None where either is empty."""
    if not (positives and negatives):
        return None
    ordered = sorted(negatives)
    above = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in positives)
    return above / (2 * len(positives) * len(negatives))
