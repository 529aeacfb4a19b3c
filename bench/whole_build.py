"""1: a whole dbt build against the SQL it compiled, run by DuckDB alone, from the same landing.

Belongs here: dbt's side, what the two are divided by each other for, and where the time goes. DuckDB's side
is `plain_build`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bench.plain_build import Statement
from bench.task import Task
from bench.timing import Timed, ratios
from bench.turns import statements_of, turns

AIMS = {"1x": 3.0, "4x": "none", "16x": 1.5}  # of DuckDB alone, dbt's start-up left out
_SLOWEST = 20
Kind = Callable[[Statement], bool]


def measure(task: Task) -> dict[str, Any]:
    """By turns: the rebuild's dbt, and DuckDB alone. Raises RuntimeError where the two make other marts.

    dbt runs two nodes at a time and tests between the models, so that its wall time of the models alone,
    or of all but the Python models, is the share of its wall time that these nodes have of all nodes' time.
    """
    taken = turns(task)
    nodes = statements_of(taken[-1])
    result = _figures([(turn["rebuild"], turn["plain"]) for turn in taken], nodes)
    return {"aims": AIMS, "nodes": len(nodes)} | result


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
            [each["nodes_seconds"] * _share(each["by_node"], chosen) for each in by_dbt],
            [_sum(each["by_node"], chosen) for each in plain],
        )
    whole = [each["seconds"] for each in plain]
    return {
        **ratio,
        "of_duckdb, all, with dbt's start-up": ratios([each["dbt_seconds"] for each in by_dbt], whole),
        "of_duckdb, the whole build": ratios([each["seconds"] for each in by_dbt], whole),
        "dbt_seconds_by_layer": _layers(nodes, by_dbt[-1]["by_node"], plain[-1]["by_node"]),
        "slowest": _slowest(nodes, by_dbt[-1]["by_node"], plain[-1]["by_node"]),
        "timed": [
            Timed("whole build", _column(by_dbt, "seconds"), _column(by_dbt, "cpu_seconds")).to_dict(),
            Timed("dbt, with its start-up", _column(by_dbt, "dbt_seconds")).to_dict(),
            Timed("dbt, first node to last", _column(by_dbt, "nodes_seconds")).to_dict(),
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
