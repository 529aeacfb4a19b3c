"""The generated parts of docs/lead-quality.md: the rules from their seeds, the figures as measured."""

import csv
from pathlib import Path

from evaluation.report import table
from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs" / "lead-quality.md"
_LONGEST = 400  # characters of a remark
SEEDS = DBT_PROJECT_DIR / "seeds" / "lead_quality"


def rules() -> str:
    """Every flag with its weight and reason, and every threshold, as Markdown."""
    weights = _rows(SEEDS / "lead_flag_weights.csv")
    thresholds = _rows(SEEDS / "lead_quality_thresholds.csv")
    flags = table(
        ("flag", "family", "evidence group", "weight", "why this weight"),
        [
            (f"`{r['flag']}`", r["family"], r["evidence_group"],
             "proof" if r["is_proof"] == "true" else r["weight"], r["reason"])
            for r in weights
        ],
    )  # fmt: skip
    limits = table(
        ("threshold", "value", "why"),
        [(f"`{r['threshold']}`", r["value"], r["reason"]) for r in thresholds],
    )
    return f"{flags}\n\n{limits}"


def write_figures(text: str, path: Path = DOCS) -> None:
    """Put rules and figures between their markers in `path`; long lists of names are cut there."""
    short = "\n".join(
        f"{line[:_LONGEST]} … (`make evaluate` prints all)"
        if line.startswith("- ") and len(line) > _LONGEST
        else line
        for line in text.splitlines()
    )
    path.write_text(
        between(between(path.read_text(encoding="utf-8"), "rules", rules()), "figures", short),
        encoding="utf-8",
    )


def between(document: str, part: str, text: str) -> str:
    """`document` with `text` between the markers of `part`. Raises ValueError where they are missing."""
    start, end = f"<!-- {part}: generated -->", f"<!-- {part}: end -->"
    head, found, rest = document.partition(start)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the document has no part between {start} and {end}")
    return f"{head}{start}\n\n{text}\n\n{end}{tail}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":  # the rules alone, after a weight has been changed
    DOCS.write_text(between(DOCS.read_text(encoding="utf-8"), "rules", rules()), encoding="utf-8")
