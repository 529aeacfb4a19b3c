"""What is printed: sections with a table each, and the goals. Markdown, which reads well as text too."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from evaluation.metrics import Confusion, Goal

CONFUSION_HEADER = ("records", "labelled", "flagged", "precision", "recall", "false-positive rate")
PAIR_HEADER = ("pairs labelled", "pairs found", "precision", "recall", "F1")


@dataclass
class Section:
    """One measurement: the data it was made on, a table, and remarks (the worst errors)."""

    title: str
    data: str
    header: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def render(self) -> str:
        parts = [f"### {self.title}", f"Data: {self.data}"]
        if self.rows:
            parts.append(table(self.header, self.rows))
        if self.remarks:
            parts.append("\n".join(f"- {remark}" for remark in self.remarks))
        return "\n\n".join(parts)


def percent(share: float | None) -> str:
    """`97.5 %`; a dash where there was nothing to divide by."""
    return "–" if share is None else f"{share * 100:.1f} %"


def confusion_cells(counts: Confusion) -> tuple[str, ...]:
    """The cells below CONFUSION_HEADER."""
    return (
        f"{counts.tp + counts.fp + counts.fn + counts.tn:,}",
        f"{counts.tp + counts.fn:,}",
        f"{counts.tp + counts.fp:,}",
        percent(counts.precision),
        percent(counts.recall),
        percent(counts.false_positive_rate),
    )


def pair_cells(counts: Confusion) -> tuple[str, ...]:
    """The cells below PAIR_HEADER; pairs that are rightly not found are not counted."""
    return (
        f"{counts.tp + counts.fn:,}",
        f"{counts.tp + counts.fp:,}",
        percent(counts.precision),
        percent(counts.recall),
        percent(counts.f1),
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns padded to one width."""
    clean = [[str(cell).replace("|", "\\|") for cell in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in clean) for i in range(len(header))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in clean
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def goals_table(goals: Sequence[Goal]) -> str:
    """Every goal with its outcome, the missed ones first."""
    rows = []
    for goal in sorted(goals, key=lambda goal: goal.is_met):
        sign = "≥" if goal.at_least else "≤"
        wanted = f"{sign} {goal.target:,.0f}" if goal.is_count else f"{sign} {percent(goal.target)}"
        measured = "–"
        if goal.measured is not None:
            measured = f"{goal.measured:,.0f}" if goal.is_count else percent(goal.measured)
        rows.append((goal.name, wanted, measured, goal.outcome, goal.note))
    return table(("goal", "wanted", "measured", "outcome", "note"), rows)
