"""`python -m bench`: measure, print, and write the report as JSON."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench import api_ingest, code_location, file_ingest, whole_runs
from bench.timing import machine, write_report
from orchestration.settings import Settings

MEASURES = ("file", "api", "run", "load")
# What is still to be measured, by the numbers of the benchmark's plan.
MISSING = (
    "1: whole build against the same compiled SQL run by DuckDB",
    "2: incremental run after a change of 1 % against a full rebuild",
    "3: gate against one SQL pass of the same rules",
    "4: publication against plain CREATE TABLE AS and Parquet writing",
    "7: lead scoring and deduplication, leads per second and growth",
    "8: growth from 1x to 16x, memory limit of 4 GB",
    "9: BI queries on the published file, idle and during publications",
    "10: the same questions answered by pandas",
)


def main() -> int:
    """Run the chosen measures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where to write (default: under PIPELINE_HOME/bench)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the file")
    parser.add_argument("--only", action="append", choices=MEASURES, help="may be repeated")
    options = parser.parse_args()
    facts = machine()
    report: dict[str, Any] = {"machine": facts, "repeats": options.repeats, "not_yet": list(MISSING)}
    _say(f"{facts['processor']}, {facts['cores']} cores, load {facts['load_average'][0]}")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for name in options.only or MEASURES:
            work = Path(scratch) / name
            work.mkdir()
            _say(f"\n{_TITLES[name]}")
            report[name] = _MEASURES[name](work, options)
            _show(report[name])
    stamp = facts["measured_at"].replace(":", "").replace("+0000", "Z")
    path = options.json or Settings.load().home / "bench" / f"{stamp}.json"
    write_report(path, report)
    _say("\nNot measured yet:\n  " + "\n  ".join(MISSING))
    _say(f"\nWritten to {path}")
    return 0


_MEASURES: Mapping[str, Callable[[Path, argparse.Namespace], dict[str, Any]]] = {
    "file": lambda work, options: file_ingest.measure(work, rows=options.rows, repeats=options.repeats),
    "api": lambda work, options: api_ingest.measure(work, rows=options.rows // 10, repeats=options.repeats),
    "run": lambda work, options: whole_runs.measure(work, repeats=options.repeats),
    "load": lambda work, options: code_location.measure(work, repeats=options.repeats),
}
_TITLES = {
    "file": "6a  file ingestion against DuckDB's typed CSV read",
    "api": "6b  pages of an API against direct Arrow writing",
    "run": "5   a run with nothing new against the bare imports; where the time of a build goes",
    "load": "    loading the code location, with the dbt project parsed",
}


def _show(measured: Mapping[str, Any]) -> None:
    for item in measured["timed"]:
        low, high = item["wall_spread"]
        cpu = f", CPU {item['cpu_median']:.2f} s" if item["cpu_median"] is not None else ""
        _say(f"  {item['name']:<32} {item['wall_median']:8.2f} s  ({low:.2f} to {high:.2f}){cpu}")
    for name, value in measured.items():
        if name == "timed":
            continue
        if isinstance(value, dict) and "median" in value:
            low, high = value["spread"]
            _say(f"  {name:<40} {value['median']:.3f}  ({low:.3f} to {high:.3f})")
        elif isinstance(value, dict):
            _say(f"  {name}")
            for key, figure in value.items():
                shown = f"{figure / 2**20:,.0f} MiB" if name == "peak_bytes" else f"{figure:8.2f} s"
                _say(f"    {key:<50} {shown}")
        elif isinstance(value, list):
            _say(f"  {name}")
            for item in value:
                _say(f"    {item['node']:<80} {item['seconds']:8.2f} s")
        else:
            _say(f"  {name:<40} {value:,}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
