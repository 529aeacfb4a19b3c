"""7: leads scored and deduplicated: seconds, memory and growth; then a day on which one in a hundred changed.

Belongs here: the lead part of a build, as dbt runs it with its data tests, in a process of its own (dbt's
start is in every figure). Landing goes the ordinary road and is not counted: it is measure 6.
`python -m bench.lead_scoring <home> <build manifest>` runs one build and prints what it took.
"""

import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench.lead_people import write_people, write_users
from bench.timing import own_peak
from orchestration.lib import builds, dbt_project
from orchestration.lib.build_plan import plan_build
from orchestration.lib.landing import ingest
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry, SourcesFile

AIM_SECONDS = 600  # of a million leads, on two cores
AIM_BYTES = 6 * 2**30
AIM_DAY_SECONDS = 60  # a tenth of that, where one lead in a hundred has changed
SIZES = (62_500, 250_000, 1_000_000)
MODELS = (
    "rpt_lead_quality",
    "fct_lead_flags",
    "leads_trusted",
    "leads_quarantined",
    "rpt_lead_source_quality",
)
# What must be equal, however often the warehouse was built on. Cluster ids are in the first.
COMPARED = ("rpt_lead_quality", "fct_lead_flags")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = {"first": "2026-02-28", "day": "2026-03-01"}  # it moves with the day, as it does
_SLOWEST = 12


def measure(
    work: Path,
    *,
    part: Callable[[str, Callable[[], dict[str, Any]]], dict[str, Any]],
    sizes: Sequence[int] = SIZES,
) -> dict[str, Any]:
    """Build the leads of each size, then the day after; `part(name, work)` keeps what `work()` gave.

    The warehouse that was built on is compared with one built from nothing, except at the largest of several
    sizes, where that would take as long again: raises RuntimeError where a row of COMPARED differs, or which
    tables there are.
    """
    measured = {
        size: part(
            f"{size} leads",
            partial(_measure_size, work / str(size), size, is_compared=size < max(sizes) or len(sizes) == 1),
        )
        for size in sizes
    }
    smallest, largest = min(sizes), max(sizes)
    first, last = measured[smallest], measured[largest]
    report: dict[str, Any] = {
        "leads": largest,
        "aim_seconds": AIM_SECONDS,
        "aim_bytes": AIM_BYTES,
        "aim_day_seconds": AIM_DAY_SECONDS,
        "leads_per_second": round(largest / last["first"]["seconds"]),
        "day_of_first": round(last["day"]["seconds"] / last["first"]["seconds"], 3),
        **{
            name: {
                f"{size}, {what}": found[what][name]
                for size, found in measured.items()
                for what in ("first", "day")
            }
            for name in ("seconds", "cpu_seconds", "peak_bytes", "leads_judged")
        },
        "slowest_first": last["first"]["slowest"],
        "slowest_day": last["day"]["slowest"],
        "timed": [],
    }
    if largest > smallest:
        for what in ("first", "day"):
            report[f"growth_exponent_{what}"] = _exponent(
                largest / smallest, last[what]["seconds"] / first[what]["seconds"]
            )
    return report


def _measure_size(work: Path, rows: int, *, is_compared: bool) -> dict[str, Any]:
    home, export = work / "home", work / "export"
    export.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    found = {}
    for number, what in enumerate(("first", "day")):
        write_people(export / "Lead.csv", rows, is_next_day=what == "day")
        write_users(export / "User.csv")
        now = NOW + timedelta(days=45 + number)
        manifest = _land(settings, export, now, AS_OF[what])
        found[what] = _build(settings, manifest)
    if is_compared:
        _compare_with_full_refresh(settings, manifest)
    shutil.rmtree(work)
    return found


def _land(settings: Settings, export: Path, now: datetime, as_of: str) -> Path:
    """Ingest the export and plan a build of everything landed; the build's manifest."""
    entry = SourceEntry.model_validate(
        {"name": "crm", "system": "salesforce", "path": export, "currency": "EUR"}
    )
    ingest(settings, entry, open_feeds(entry, now=now, progress=lambda _: None), now=now)
    plan = plan_build(settings, _sources(entry), run_id="bench", now=now, as_of=as_of)
    return builds.build_dir(settings, plan.build_id) / builds.MANIFEST


def _sources(entry: SourceEntry) -> SourcesFile:
    return SourcesFile.model_validate(
        {"reporting": {"time_zone": "Europe/Berlin", "currency": "EUR"}, "sources": [entry]}
    )


def _build(settings: Settings, manifest: Path) -> dict[str, Any]:
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench.lead_scoring", str(settings.home), str(manifest)],
        cwd=PROJECT_ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"leads could not be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return {"seconds": round(time.perf_counter() - begun, 1), **json.loads(done.stdout.splitlines()[-1])}


def _compare_with_full_refresh(settings: Settings, manifest: Path) -> None:
    built_on = settings.warehouse.with_name("built_on.duckdb")
    settings.warehouse.rename(built_on)
    _build(settings, manifest)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built_on}' as built_on (read_only)")
        connection.execute(f"attach '{settings.warehouse}' as anew (read_only)")
        listed = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " group by all having count(distinct database_name) = 1"
        ).fetchall()
        if listed:  # what a build leaves behind grows by the day
            raise RuntimeError(f"only one of two warehouses has {listed}")
        for table in COMPARED:
            for one, other in (("built_on", "anew"), ("anew", "built_on")):
                rows = connection.execute(
                    f"select count(*) from (from {one}.main.{table} except all from {other}.main.{table})"
                ).fetchone()
                if rows != (0,):
                    raise RuntimeError(
                        f"{rows} rows of {table} are in the warehouse {one} and not in {other}"
                    )


def _exponent(sizes: float, seconds: float) -> float:
    """p of seconds ~ leads^p; 1 is linear."""
    return round(math.log(seconds) / math.log(sizes), 2)


def _main(home: Path, manifest: Path) -> None:
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    systems = json.loads(manifest.read_text(encoding="utf-8"))["systems"]
    dbt_project.ensure_parsed(settings, systems)
    run = dbt_project.build(settings, systems, manifest, [f"+{name}" for name in MODELS], is_alone=True)
    if run.is_failed:
        names = ", ".join(f"{result.unique_id} ({result.message})" for result in run.failed)
        raise RuntimeError(f"dbt: {run.error or names}")
    slowest = sorted(run.results, key=lambda result: -result.seconds)[:_SLOWEST]
    rows = [{"node": result.unique_id, "seconds": round(result.seconds, 2)} for result in slowest]
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        judged = connection.execute("select count(*) from intermediate.int_leads_to_judge").fetchall()[0][0]
    cost = {
        "cpu_seconds": round(time.process_time(), 1),
        "peak_bytes": own_peak(),
        "leads_judged": judged,
        "slowest": rows,
    }
    sys.stdout.write("\n" + json.dumps(cost) + "\n")


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
