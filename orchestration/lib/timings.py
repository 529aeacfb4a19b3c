"""Where the time of a build went: `builds/<build_id>/timings.json`.

Belongs here: seconds per step and per dbt node, and rows per model, as the steps note them. The report, the
UI and the benchmark show them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.lib import builds
from orchestration.lib.dbt_project import NodeResult
from orchestration.settings import Settings

TIMINGS = "timings.json"
SLOWEST = 15
STEPS = {
    "manifest": "inputs found and written down",
    "dbt": "models, seeds and tests",
    "describe": "row counts, lineage and figures for the UI",
    "record": "results stored by Dagster, one by one",
    "gate": "Great Expectations, trends, verdict",
    "publish": "copied, verified, swapped",
}
_LAYERS = ("seeds", "staging", "intermediate", "marts", "tests")


def add_step(settings: Settings, build_id: str, step: str, seconds: float) -> None:
    """Note how long a step of STEPS took; one that is done again counts as it was the last time."""
    if step not in STEPS:
        raise ValueError(f"{step!r} is none of {', '.join(STEPS)}")
    document = read_timings(settings, build_id)
    document["steps"][step] = round(seconds, 3)
    builds.write_json(builds.build_dir(settings, build_id) / TIMINGS, document)


def add_dbt(
    settings: Settings,
    build_id: str,
    results: Iterable[NodeResult],
    nodes: Mapping[str, Mapping[str, Any]],
    rows: Mapping[str, int],
) -> None:
    """Note what dbt's nodes took. `nodes`: of dbt's manifest; `rows`: of tables by name. Nodes run two at a
    time, so their sum is more than the step."""
    document = read_timings(settings, build_id) | dbt_timings(results, nodes, rows)
    builds.write_json(builds.build_dir(settings, build_id) / TIMINGS, document)


def dbt_timings(
    results: Iterable[NodeResult], nodes: Mapping[str, Mapping[str, Any]], rows: Mapping[str, int]
) -> dict[str, Any]:
    """`layers`: layer, nodes, seconds, in the order of the build; `slowest`: the SLOWEST nodes with node,
    layer, seconds, rows (None where it has none); `models`: name to layer, seconds, rows."""
    entries: list[dict[str, Any]] = []
    for result in results:
        if result.unique_id.startswith("exposure."):
            continue  # somebody who reads the tables; nothing runs
        node = nodes.get(result.unique_id, {})
        name = node.get("name") or result.unique_id.split(".", 2)[-1]
        layer = layer_of(result.unique_id, node)
        count = None if layer == "tests" else rows.get(name)
        entries.append({"node": name, "layer": layer, "seconds": round(result.seconds, 3), "rows": count})
    found = {entry["layer"] for entry in entries}
    order = [*(layer for layer in _LAYERS if layer in found), *sorted(found - set(_LAYERS))]
    of_layer = {layer: [e["seconds"] for e in entries if e["layer"] == layer] for layer in order}
    return {
        "layers": [
            {"layer": layer, "nodes": len(seconds), "seconds": round(sum(seconds), 3)}
            for layer, seconds in of_layer.items()
        ],
        "slowest": sorted(entries, key=lambda entry: -entry["seconds"])[:SLOWEST],
        "models": {
            entry["node"]: {key: entry[key] for key in ("layer", "seconds", "rows")}
            for entry in sorted(entries, key=lambda entry: entry["node"])
            if entry["layer"] in ("staging", "intermediate", "marts")
        },
    }


def layer_of(unique_id: str, node: Mapping[str, Any]) -> str:
    """seeds, tests, or the folder below models/ that a model lies in."""
    kind = unique_id.partition(".")[0]
    folders = list(node.get("fqn", ()))[1:-1]
    return str(folders[0]) if kind == "model" and folders else f"{kind}s"


def read_timings(settings: Settings, build_id: str) -> dict[str, Any]:
    """What has been noted of a build so far: `steps` (step to seconds), and what `dbt_timings` has."""
    try:
        return builds.read_json(builds.build_dir(settings, build_id) / TIMINGS)
    except FileNotFoundError:
        return {"build_id": build_id, "steps": {}, "layers": [], "slowest": [], "models": {}}
