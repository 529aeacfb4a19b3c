"""5 and part of 2: whole runs of the demo: the first, and one with nothing new; where their time goes.

Belongs here: runs as a person starts them, in processes of their own.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.timing import Timed, ratios
from orchestration.settings import DEFAULT_SOURCES, PROJECT_ROOT, Settings

AIM = 1.3  # of the bare imports
# What a run that ingests, builds, checks and publishes cannot do without.
IMPORTS = (
    "import dagster, dagster_dbt, dbt.cli.main, dbt.adapters.duckdb, dlt, duckdb, pyarrow.parquet, "
    "great_expectations, sqlalchemy"
)
_SLOWEST = 12


def measure(work: Path, *, repeats: int) -> dict[str, Any]:
    """Time the demo's first run, then by turns bare imports and runs with nothing new."""
    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=home, sources_file=DEFAULT_SOURCES)
    first = _seconds([sys.executable, "-m", "orchestration", "run"], settings)
    first_steps = steps(settings)
    imports, again, again_steps = [], [], []
    for _ in range(repeats):
        imports.append(_seconds([sys.executable, "-c", IMPORTS], settings))
        again.append(_seconds([sys.executable, "-m", "orchestration", "run"], settings))
        again_steps.append(steps(settings))
    names = dict.fromkeys(name for found in again_steps for name in found)
    return {
        "aim_of_imports": AIM,
        "nothing_new_of_imports_wall": ratios(again, imports),
        "first_run_seconds": round(first, 2),
        "first_run_steps": first_steps,
        "nothing_new_steps_median": {
            name: round(statistics.median([found[name] for found in again_steps if name in found]), 2)
            for name in names
        },
        "slowest_dbt_nodes": slowest_nodes(settings),
        "timed": [
            Timed("bare imports", tuple(imports)).to_dict(),
            Timed("run with nothing new", tuple(again)).to_dict(),
        ],
    }


def steps(settings: Settings) -> dict[str, float]:
    """Seconds of every step of the newest ingest and build, from Dagster's own event log."""
    from dagster import DagsterInstance  # noqa: PLC0415 - takes seconds, and only this needs it

    found: dict[str, float] = {}
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        for job in ("ingest", "build"):
            for run in instance.get_runs(limit=200):
                if run.job_name != job:
                    continue
                for step in instance.get_run_step_stats(run.run_id):
                    if step.start_time is not None and step.end_time is not None:
                        found[f"{job}: {step.step_key}"] = round(step.end_time - step.start_time, 2)
                break
    return found


def slowest_nodes(settings: Settings) -> list[dict[str, Any]]:
    """The dbt nodes of the newest build that took longest, and the sum of all of them by kind."""
    files = sorted(settings.builds.glob("*/run_results.json"), key=lambda path: path.stat().st_mtime)
    if not files:
        return []
    results = json.loads(files[-1].read_text(encoding="utf-8"))["results"]
    kinds: dict[str, list[float]] = {}
    for item in results:
        kinds.setdefault(item["unique_id"].split(".")[0], []).append(item["execution_time"])
    sums = [
        {"node": f"all {len(times)} of kind {kind}", "seconds": round(sum(times), 2)}
        for kind, times in sorted(kinds.items())
    ]
    slowest = sorted(results, key=lambda item: -item["execution_time"])[:_SLOWEST]
    return sums + [
        {"node": item["unique_id"], "seconds": round(item["execution_time"], 2)} for item in slowest
    ]


def _seconds(command: list[str], settings: Settings) -> float:
    begun = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - begun
