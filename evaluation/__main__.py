"""`python -m evaluation`: run the pipeline on labelled data and print how well the rules do."""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from evaluation import addresses, dispositions, docs, fodder, organisations, people
from evaluation.inputs import write_inputs
from evaluation.judgements import build, read
from evaluation.report import goals_table
from orchestration.errors import PipelineError


def main() -> int:
    """Returns 0 when it could be measured; goals that are missed are the result, not a failure."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/lead-quality.md")
    parser.add_argument("--home", type=Path, help="keep the data here, and use what an earlier call built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="evaluation-") as temporary:
        folder = (options.home or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            text = evaluate(folder)
        except PipelineError as error:
            sys.stderr.write(f"\nERROR: {error}\n")
            return 1
    sys.stdout.write(text + "\n")
    if options.write_docs:
        docs.write_figures(text)
    return 0


def evaluate(folder: Path) -> str:
    """The whole report. Builds into `folder` unless it holds a publication already."""
    home = folder / "data"
    if not (home / "published" / "current.duckdb").exists():
        sys.stderr.write("Building the marts from labelled data (two to six minutes) ...\n")
        build(home, write_inputs(folder))
    judged = read(home)
    sections = [
        *organisations.sections(judged),
        addresses.syntax(),
        addresses.domains(judged),
        addresses.roles(judged),
        people.febrl(judged),
        people.neighbours(judged),
        people.names(judged),
        dispositions.section(dispositions.read(folder / "dispositions")),
        fodder.section(fodder.read(home)),
    ]
    goals = [goal for section in sections for goal in section.goals]
    missed = sum(not goal.is_met for goal in goals)
    today = datetime.now(UTC).date().isoformat()
    return "\n\n".join(
        [
            f"Measured on {today}.",
            *(section.render() for section in sections),
            f"### Goals: {len(goals) - missed} met, {missed} not met or not measured",
            goals_table(goals),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
