"""5 and part of 2: whole runs of the demo: the first, and one with nothing new; where their time goes.

Belongs here: runs as a person starts them, in processes of their own.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.timing import Timed, ratios
from orchestration.lib import builds
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.timings import read_timings
from orchestration.settings import DEFAULT_SOURCES, PROJECT_ROOT, Settings

AIM = 1.3  # of the bare imports
# What a run that lands, builds, checks and publishes cannot do without.
WORKING_IMPORTS = (
    "import dagster, dagster_dbt, dbt.cli.main, dbt.adapters.duckdb, dlt, duckdb, pyarrow.parquet, "
    "great_expectations, sqlalchemy"
)
_RUN = [sys.executable, "-m", "orchestration", "run"]
# The same run, then the modules of other people's that it has imported, on the last line.
_LISTING = """
import runpy, sys
sys.argv = ["orchestration", "run"]
try:
    runpy.run_module("orchestration", run_name="__main__", alter_sys=True)
finally:
    files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
    print("\\n" + " ".join(name for name, file in files.items() if "site-packages" in file))
"""


def measure(work: Path, *, repeats: int) -> dict[str, Any]:
    """The demo's first run and where its time goes, then runs with nothing new."""
    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=home, sources_file=DEFAULT_SOURCES)
    first, _ = _timed(_RUN, settings)
    (build_id,) = builds.build_ids(settings)
    return nothing_new(settings, repeats=repeats) | {
        "first_run_seconds": round(first, 2),
        "first_run_steps": steps(settings, build_id),
        "slowest_dbt_nodes": nodes(settings, build_id),
    }


def nothing_new(settings: Settings, *, repeats: int) -> dict[str, Any]:
    """Of a home with everything done, by turns: a run, the bare imports of all that it imports, and those of
    a run that has work to do. Raises RuntimeError where the run found work after all."""
    before = builds.build_ids(settings)
    modules = _ended([sys.executable, "-c", _LISTING], settings).splitlines()[-1].split()
    bare = [sys.executable, "-c", f"import importlib\nfor name in {modules}: importlib.import_module(name)"]
    commands = {
        "run with nothing new": _RUN,
        "bare imports of it": bare,
        "bare imports of a run with work": [sys.executable, "-c", WORKING_IMPORTS],
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            times[name].append(_timed(command, settings))
    if builds.build_ids(settings) != before:
        raise RuntimeError("a run with nothing new has built something")
    timed = {name: Timed(name, *zip(*found, strict=True)) for name, found in times.items()}
    run, own, working = timed.values()
    return {
        "aim_of_imports": AIM,
        "nothing_new_of_its_imports_wall": ratios(run.wall, own.wall),
        "nothing_new_of_its_imports_cpu": ratios(run.cpu, own.cpu),
        "nothing_new_of_imports_with_work_wall": ratios(run.wall, working.wall),
        "nothing_new_of_imports_with_work_cpu": ratios(run.cpu, working.cpu),
        "nothing_new_imports": ", ".join(sorted({name.partition(".")[0] for name in modules})),
        "timed": [each.to_dict() for each in timed.values()],
    }


def steps(settings: Settings, build_id: str) -> dict[str, float]:
    """Seconds of the demo's last ingest and of every step of a build, as their ledgers have them."""
    record = completed_ingests(settings, "demo")[-1]
    began, ended = (datetime.fromisoformat(record[name]) for name in ("started_at", "finished_at"))
    return {"ingest": round((ended - began).total_seconds(), 2), **read_timings(settings, build_id)["steps"]}


def nodes(settings: Settings, build_id: str) -> list[dict[str, Any]]:
    """The sums of a build's dbt nodes by layer, then those that took longest."""
    known = read_timings(settings, build_id)
    sums = [
        {"node": f"all {each['nodes']} of {each['layer']}", "seconds": each["seconds"]}
        for each in known["layers"]
    ]
    return sums + [{key: each[key] for key in ("node", "seconds")} for each in known["slowest"]]


def _timed(command: list[str], settings: Settings) -> tuple[float, float]:
    """Wall and CPU seconds of a process and what it starts."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _ended(command, settings)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ended(command: list[str], settings: Settings) -> str:
    """What the command printed. Raises RuntimeError where it failed."""
    done = subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])[:200]} failed:\n{done.stderr[-2000:]}")
    return done.stdout
