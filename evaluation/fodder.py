"""The fodder score of deals against the generator's labels: how well it separates, and what it gets wrong.

The weights and the threshold were set from what practitioners say, before any figure was seen, and on none
of these organisations. Lost is not the same as fodder: only labels are measured against, never outcomes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from evaluation.inputs import ORGANISATIONS
from evaluation.metrics import Confusion, Goal, area_under_curve
from evaluation.report import CONFUSION_HEADER, Section, confusion_cells, percent
from orchestration.sources.demo import answers

LABEL = "column_fodder"
PARTS = ("inbound_formal_request", "few_meetings", "fast_to_proposal", "single_low_contact", "no_discovery",
         "close_date_within_30_days")  # fmt: skip
_WORST = 6


@dataclass(frozen=True)
class FodderScores:
    """`scores`: opportunity_id to its row of rpt_fodder_scores, of deals with a score; `labels`:
    opportunity_id to its label, `plain` where the generator says nothing of it; `unjudged`: deals
    labelled fodder that have no score (they never reached a proposal, or too little was known)."""

    scores: dict[str, dict[str, Any]]
    labels: dict[str, str]
    unjudged: int


def read(home: Path) -> FodderScores:
    """The published scores of `home`, and the labels of the generated organisations."""
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select * from rpt_fodder_scores where fodder_score is not null"
        ).to_arrow_table().to_pylist()  # fmt: skip
    told = {
        f"{instance}:{deal}": entry["behaviours"][0]
        for instance, options in ORGANISATIONS.items()
        for deal, entry in answers(options)["deals"].items()
    }
    scores = {row["opportunity_id"]: row for row in rows if row["source_instance"] in ORGANISATIONS}
    unjudged = sum(label == LABEL and deal not in scores for deal, label in told.items())
    return FodderScores(scores, {deal: told.get(deal, "plain") for deal in scores}, unjudged)


def section(found: FodderScores) -> Section:
    """Precision and recall at the flag's threshold, the area under the curve, and the worst errors."""
    everyone = set(found.scores)
    actual = {deal for deal, label in found.labels.items() if label == LABEL}
    flagged = {deal for deal, row in found.scores.items() if row["is_fodder_like"]}
    counts = Confusion.of(actual, flagged, everyone)
    scores = {deal: float(row["fodder_score"]) for deal, row in found.scores.items()}
    area = area_under_curve([scores[d] for d in actual], [scores[d] for d in everyone - actual])
    seeds = ", ".join(str(options.seed) for options in ORGANISATIONS.values())
    return Section(
        "Column fodder (`fodder_like`)",
        f"generated organisations, seeds {seeds}: {len(everyone):,} deals that reached a proposal and have a "
        f"score. Positives: deals labelled {LABEL}. Weights and threshold were not set on these.",
        ("flag", *CONFUSION_HEADER, "area under the curve"),
        [("score of 0.6 or more", *confusion_cells(counts), "–" if area is None else f"{area:.3f}")],
        [
            f"deals labelled {LABEL} without a score: {found.unjudged}",
            _margin(scores, actual, everyone),
            *(f"{part}: {_of(part, actual, found)} of fodder, {_of(part, everyone - actual, found)} of others"
              for part in PARTS),
            *_errors(found, scores, flagged - actual, "flagged, and is none", highest_first=True),
            *_errors(found, scores, actual - flagged, "missed", highest_first=False),
        ],
        [
            Goal("fodder score, area under the curve", 0.9, area,
                 note="the generator's fodder is of one kind, easier than a real market's"),
            Goal("fodder flag, precision", 0.9, counts.precision),
            Goal("fodder flag, recall", 0.8, counts.recall),
        ],
    )  # fmt: skip


def _margin(scores: dict[str, float], actual: set[str], everyone: set[str]) -> str:
    """How near the two groups come to the threshold."""
    lowest = min((scores[deal] for deal in actual), default=None)
    highest = max((scores[deal] for deal in everyone - actual), default=None)
    words = ["none" if value is None else f"{value:.2f}" for value in (lowest, highest)]
    return f"lowest score of fodder: {words[0]}; highest of the others: {words[1]}"


def _of(part: str, deals: set[str], found: FodderScores) -> str:
    """Share of the deals on which the part could be judged that have it."""
    judged = [found.scores[deal][part] for deal in deals if found.scores[deal][part] is not None]
    return percent(sum(judged) / len(judged) if judged else None)


def _errors(
    found: FodderScores, scores: dict[str, float], deals: set[str], what: str, *, highest_first: bool
) -> list[str]:
    """The errors that lie furthest on the wrong side, with the parts that made them."""
    worst = sorted(deals, key=lambda deal: (-scores[deal] if highest_first else scores[deal], deal))
    return [
        f"{what}: {deal} {scores[deal]:.2f} [{found.labels[deal]}], "
        f"{', '.join(part for part in PARTS if found.scores[deal][part]) or 'no part'}"
        for deal in worst[:_WORST]
    ]
