"""9: what a dashboard waits for, with the published file at rest and while it is published anew.

Belongs here: readers in processes of their own, as BI tools are, and what they met.
`python -m bench.bi_reads <database> <stop file>` reads until the stop file is there and prints what it met.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from bench.bi_queries import Query, all_queries, subjects
from bench.homes import twin
from bench.task import Task
from bench.timing import percentile
from orchestration.lib import builds, version_files
from orchestration.lib.gate import judge
from orchestration.lib.publisher import CONSTANT, current_version, publish, rollback
from orchestration.settings import PROJECT_ROOT, Settings

AIM_IDLE_P99 = 0.1  # seconds
AIM_PUBLISHING = 2.0  # times the p99 at rest
IDLE_SECONDS = 15.0
PUBLICATIONS = 2  # at least, while the readers read
_BEFORE = "20000101T000000-before"  # a version to go back to, so that the next publication swaps again
_SLOWEST = 6
_CROWDS = {1: "one reader", 2: "two readers"}


def measure(task: Task) -> dict[str, Any]:
    """Latency of twenty queries (see `bi_queries`) at rest and during publications, with one reader and
    with two; a reader connects anew for every round of twenty, and one that fails is counted."""
    settings, manifest = twin(task.homes.built(task.size), task.work / "home")
    judge(settings)
    publish(settings, manifest["build_id"])
    _add_version_before(settings)
    rounds = {
        f"{crowd}, {state}": (readers, state)
        for readers, crowd in _CROWDS.items()
        for state in ("at rest", "publishing")
    }
    met: dict[str, dict[str, Any]] = {}
    slowest: list[dict[str, Any]] = []
    for name, (readers, state) in rounds.items():
        while_reading = _rest if state == "at rest" else _publish_again
        with _reading(settings, task.work / "stop", readers) as collect:
            publications = while_reading(settings, manifest["build_id"])
        found = collect()
        met[name] = _summary(found) | {"publications": publications}
        slowest = slowest or _by_query(found)
    return {
        "aim_p99_seconds_at_rest": AIM_IDLE_P99,
        "aim_p99_publishing_of_at_rest": AIM_PUBLISHING,
        "seconds": met,
        "p99_publishing_of_at_rest": {
            crowd: round(met[f"{crowd}, publishing"]["p99"] / met[f"{crowd}, at rest"]["p99"], 2)
            for crowd in _CROWDS.values()
        },
        "slowest_at_rest": slowest,
    }


def read_rounds(database: Path, stop: Path) -> dict[str, Any]:
    """Ask the twenty queries until `stop` exists: `seconds` by query, `connect_seconds`, and `failed` with
    what was said."""
    queries = all_queries()
    seconds: dict[str, list[float]] = {query.name: [] for query in queries}
    connects: list[float] = []
    failed: list[str] = []
    with _connected(database) as connection:
        ids = subjects(connection)
    turn = 0
    while not stop.exists():
        turn += 1
        try:
            begun = time.perf_counter()
            with _connected(database) as connection:
                connects.append(time.perf_counter() - begun)
                for query in queries:
                    values = {name: ids[name][turn % len(ids[name])] for name in query.parameters}
                    begun = time.perf_counter()
                    _ask(connection, query, values, failed)
                    seconds[query.name].append(time.perf_counter() - begun)
        except duckdb.Error as error:
            failed.append(f"connecting: {error}")
    return {"seconds": seconds, "connect_seconds": connects, "failed": failed}


def _ask(
    connection: duckdb.DuckDBPyConnection, query: Query, values: dict[str, str], failed: list[str]
) -> None:
    try:
        connection.execute(query.sql, values).fetchall()
    except duckdb.Error as error:
        failed.append(f"{query.name}: {error}")


@contextmanager
def _connected(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """As docs/bi.md says."""
    config: dict[str, Any] = {"enable_external_access": "false", "lock_configuration": "true"}
    with contextlib.closing(duckdb.connect(str(database), read_only=True, config=config)) as connection:
        yield connection


@contextmanager
def _reading(settings: Settings, stop: Path, readers: int) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Readers at work for the duration; afterwards the yielded function gives what each met."""
    stop.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.bi_reads", str(settings.published / CONSTANT), str(stop)]
    started = [
        subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) for _ in range(readers)
    ]
    said: list[str] = []
    try:
        yield lambda: [dict(json.loads(text)) for text in said]
    finally:
        stop.touch()
        said += [process.communicate()[0] for process in started]


def _rest(_: Settings, __: str) -> int:
    time.sleep(IDLE_SECONDS)
    return 0


def _publish_again(settings: Settings, build_id: str) -> int:
    """Publish the same build from the start, at least twice and as long as the rest took; each time the
    version before is served meanwhile. Returns how often."""
    begun, done = time.perf_counter(), 0
    while done < PUBLICATIONS or time.perf_counter() - begun < IDLE_SECONDS:
        version = current_version(settings)
        rollback(settings)
        if version is not None:
            removed = version.rename(settings.work / "removed")
            shutil.rmtree(removed)
        publish(settings, build_id)
        done += 1
    return done


def _add_version_before(settings: Settings) -> None:
    current = current_version(settings)
    if current is None:
        raise RuntimeError("nothing was published")
    before = current.with_name(f"v-{_BEFORE}")
    shutil.copytree(current, before)
    record = builds.read_json(before / version_files.RECORD)
    changed = {"build_id": _BEFORE, "published_at": "2000-01-01 00:00:00.000000"}
    builds.write_json(before / version_files.RECORD, record | changed)


def _summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    times = [value for each in found for values in each["seconds"].values() for value in values]
    connects = [value for each in found for value in each["connect_seconds"]]
    failed = [said for each in found for said in each["failed"]]
    return {
        "p50": round(percentile(times, 0.5), 4),
        "p99": round(percentile(times, 0.99), 4),
        "connect_p99": round(percentile(connects, 0.99), 4),
        "queries": len(times),
        "failed": len(failed),
    } | ({"first_failure": failed[0]} if failed else {})


def _by_query(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    together = {
        name: [value for each in found for value in each["seconds"][name]] for name in found[0]["seconds"]
    }
    rows = [
        {
            "query": name,
            "p50_seconds": round(percentile(values, 0.5), 4),
            "p99_seconds": round(percentile(values, 0.99), 4),
        }
        for name, values in together.items()
    ]
    return sorted(rows, key=lambda row: -float(str(row["p99_seconds"])))[:_SLOWEST]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read_rounds(Path(sys.argv[1]), Path(sys.argv[2]))))
