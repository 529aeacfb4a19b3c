"""`python -m bench`: measure, print, and write the report as JSON, going on where it was interrupted."""

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.homes import ONCE, SCALES, Homes
from bench.journal import Journal, code_fingerprint
from bench.measures import MEASURES
from bench.show import shown
from bench.task import Measure, Task
from bench.timing import machine
from orchestration.settings import Settings


def main() -> int:
    """Run the chosen measures that this day's report does not have yet; returns the exit code."""
    options = _parser().parse_args()
    unknown = [size for size in options.sizes if size not in SCALES]
    if unknown:
        _say(f"There is no size {', '.join(unknown)}; there are {', '.join(SCALES)}.")
        return 2
    folder = Settings.load().home / "bench"
    facts = machine()
    path = options.json or folder / f"{datetime.now(UTC):%Y-%m-%d}.json"
    journal = Journal(path, facts, code_fingerprint())
    if options.again:
        journal.forget_parts()
    _say(f"{facts['processor']}, {facts['cores']} cores, load {facts['load_average'][0]}\n{path}")
    for measure in MEASURES:
        if options.only and measure.name not in options.only:
            continue
        for size in options.sizes if measure.has_sizes else [""]:
            _run(measure, size, options, journal, Homes(folder / "homes"))
    _say(f"\nWritten to {path}")
    return 0


def _run(measure: Measure, size: str, options: argparse.Namespace, journal: Journal, homes: Homes) -> None:
    key = f"{measure.name} {size}".strip()
    repeats = 1 if size in ONCE else options.repeats
    _say(f"\n{measure.number:<3} {size:<4} {measure.title}")
    result = None if options.again else journal.finished(key, repeats)
    if result is not None:
        _say("  measured already today, with this code")
    else:
        homes.root.mkdir(parents=True, exist_ok=True)
        # beside the homes: what is written there is compared, so it must be the same disk
        with tempfile.TemporaryDirectory(prefix="work-", dir=homes.root.parent) as work:
            task = Task(
                Path(work), repeats, size, homes, options.rows,
                part=lambda name, do: journal.part(key, name, do),
                shared=journal.part,
                others={other: found for other in SCALES if (found := journal.result(measure.name, other))},
            )  # fmt: skip
            result = measure.run(task)
        journal.finish(key, repeats, result)
    _say(shown(result))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--sizes", type=lambda text: text.split(","), default=["1x"], help="1x,4x,16x,largest; demo"
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="of everything but 16x and largest, which are done once"
    )
    parser.add_argument("--only", action="append", choices=[measure.name for measure in MEASURES])
    parser.add_argument("--again", action="store_true", help="also what was measured today with this code")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the file of measure 6")
    parser.add_argument("--json", type=Path, help="where to write (default: under PIPELINE_HOME/bench)")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
