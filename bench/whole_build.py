"""1: a whole dbt build against the SQL it compiled, run by DuckDB alone, from the same landing.

Belongs here: dbt's side, what the two are divided by each other for, and where the time goes. DuckDB's side
is `plain_build`.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.homes import beside
from bench.plain_build import Statement, run_plainly, statements
from bench.task import Task
from bench.timing import Timed, ratios
from orchestration.lib import builds, dbt_project
from orchestration.lib.build_plan import plan_build
from orchestration.lib.content import contents
from orchestration.lib.warehouse import read_warehouse
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file

AIMS = {"1x": 3.0, "16x": 1.5}  # of DuckDB alone, dbt's start-up left out
_SLOWEST = 20
Kind = Callable[[Statement], bool]


def measure(task: Task) -> dict[str, Any]:
    """Time by turns: dbt in this process into a fresh warehouse, and DuckDB alone into another. Raises
    RuntimeError where the two make other marts.

    dbt runs two nodes at a time and tests between the models, so that its wall time of the models alone,
    or of all but the Python models, is the share of its wall time that these nodes have of all nodes' time.
    """
    landed = task.homes.landed(task.size)
    # beside the landing and not in `work`: what dbt compiled must outlive an interruption
    home = landed.home / "whole_build"
    turns = []
    for turn in range(1, task.repeats + 1):
        by_dbt = task.part(f"dbt {turn}", lambda: _by_dbt(beside(landed, home)))
        plain = task.part(f"DuckDB {turn}", lambda: _by_duckdb(home))
        turns.append((by_dbt, plain))
    found = _read(home)
    result = _figures(turns, [Statement(**item) for item in found["statements"]])
    return {"aims": AIMS, "nodes": len(found["statements"])} | result


def _by_dbt(settings: Settings) -> dict[str, Any]:
    sources = load_sources_file(settings.sources_file)
    plan = plan_build(settings, sources, run_id="bench", now=datetime.now(UTC))
    folder = builds.build_dir(settings, plan.build_id)
    dbt_project.ensure_parsed(settings, plan.manifest["systems"])
    begun, begun_cpu = time.perf_counter(), time.process_time()
    run = dbt_project.build(settings, plan.manifest["systems"], folder / builds.MANIFEST)
    wall, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    if run.is_failed:
        raise RuntimeError(f"dbt failed: {run.error or [result.message for result in run.failed]}")
    results = json.loads((folder / dbt_project.RUN_RESULTS).read_text(encoding="utf-8"))["results"]
    manifest = json.loads(dbt_project.manifest_path(settings).read_text(encoding="utf-8"))
    with read_warehouse(settings) as connection:
        done = statements(results, manifest, connection)
        marts = contents(connection, [each.name for each in done if each.layer.startswith("marts")])
    builds.write_json(
        settings.home / "compiled.json",
        {
            "statements": [vars(each) for each in done],
            "marts": {name: content.hash for name, content in marts.items()},
        },
    )
    times = [step for result in results for step in result["timing"]]
    first, last = min(step["started_at"] for step in times), max(step["completed_at"] for step in times)
    nodes = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    return {
        "seconds": wall,
        "cpu_seconds": cpu,
        "nodes_wall": nodes.total_seconds(),
        "by_node": {result["unique_id"]: result["execution_time"] for result in results},
    }


def _by_duckdb(home: Path) -> dict[str, Any]:
    found = _read(home)
    begun_cpu = time.process_time()
    ran = run_plainly([Statement(**item) for item in found["statements"]], home / "plain")
    other = sorted(name for name, value in found["marts"].items() if ran.marts.get(name) != value)
    if other:
        raise RuntimeError(f"DuckDB alone made other rows than dbt in: {', '.join(other)}")
    return {
        "seconds": ran.seconds,
        "cpu_seconds": time.process_time() - begun_cpu,
        "by_node": ran.by_node,
    }


def _read(home: Path) -> dict[str, Any]:
    return builds.read_json(home / "compiled.json")


def _figures(turns: list[tuple[dict[str, Any], dict[str, Any]]], nodes: list[Statement]) -> dict[str, Any]:
    by_dbt, plain = [turn[0] for turn in turns], [turn[1] for turn in turns]
    kinds: dict[str, Kind] = {
        "all": lambda _: True,
        "models and seeds": lambda node: node.kind != "test",
        "all but Python models": lambda node: node.language != "python",
    }
    ratio = {}
    for name, belongs in kinds.items():
        chosen = {node.unique_id for node in nodes if belongs(node)}
        ratio[f"of_duckdb, {name}"] = ratios(
            [each["nodes_wall"] * _share(each["by_node"], chosen) for each in by_dbt],
            [_sum(each["by_node"], chosen) for each in plain],
        )
    whole = [each["seconds"] for each in plain]
    return {
        **ratio,
        "of_duckdb, all, with dbt's start-up": ratios([each["seconds"] for each in by_dbt], whole),
        "of_duckdb, all, CPU": ratios(
            [each["cpu_seconds"] for each in by_dbt], [each["cpu_seconds"] for each in plain]
        ),
        "dbt_seconds_by_layer": _layers(nodes, by_dbt[-1]["by_node"], plain[-1]["by_node"]),
        "slowest": _slowest(nodes, by_dbt[-1]["by_node"], plain[-1]["by_node"]),
        "timed": [
            Timed("dbt, whole", _column(by_dbt, "seconds"), _column(by_dbt, "cpu_seconds")).to_dict(),
            Timed("dbt, first node to last", _column(by_dbt, "nodes_wall")).to_dict(),
            Timed("DuckDB alone", _column(plain, "seconds"), _column(plain, "cpu_seconds")).to_dict(),
        ],
    }


def _column(turns: list[dict[str, Any]], name: str) -> tuple[float, ...]:
    return tuple(each[name] for each in turns)


def _sum(seconds: Mapping[str, float], chosen: set[str]) -> float:
    return sum(seconds[unique_id] for unique_id in chosen)


def _share(seconds: Mapping[str, float], chosen: set[str]) -> float:
    return _sum(seconds, chosen) / sum(seconds.values())


def _layers(
    nodes: list[Statement], by_dbt: Mapping[str, float], plain: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Seconds of dbt's threads and of DuckDB alone by folder of the models; seeds and tests apart."""
    found: dict[str, dict[str, float]] = {}
    for node in nodes:
        sums = found.setdefault(node.layer, {"dbt": 0.0, "DuckDB": 0.0, "nodes": 0})
        sums["dbt"] += by_dbt[node.unique_id]
        sums["DuckDB"] += plain[node.unique_id]
        sums["nodes"] += 1
    return {
        name: {key: round(value, 2) for key, value in sums.items()}
        for name, sums in sorted(found.items(), key=lambda item: -item[1]["dbt"])
    }


def _slowest(
    nodes: list[Statement], by_dbt: Mapping[str, float], plain: Mapping[str, float]
) -> list[dict[str, Any]]:
    slow = sorted(nodes, key=lambda node: -by_dbt[node.unique_id])[:_SLOWEST]
    return [
        {
            "node": node.unique_id.split(".")[2],
            "kind": node.kind,
            "dbt_seconds": round(by_dbt[node.unique_id], 2),
            "duckdb_seconds": round(plain[node.unique_id], 2),
        }
        for node in slow
    ]
