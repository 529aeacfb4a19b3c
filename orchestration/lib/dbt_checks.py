"""dbt's own artifacts read as checks: which tests a build was to run, and what became of each.

Belongs here: `manifest.json` and `run_results.json` of one `dbt build`. Running dbt is `dbt_project`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.dbt_test_meaning import meaning_of_test

_TEST_OUTCOMES = {"pass": "passed", "warn": "failed", "fail": "failed", "error": "crashed"}
_BUILT = ("model", "seed")
REMEDY = "Look at the failing rows of this check on its table in the UI; correct the records or the model."


@dataclass(frozen=True)
class DbtOutcome:
    """One `dbt build` against what it should have done.

    `checks`: in the verdict's form, outcome `missing` where a test was not run. `unbuilt`: models and
    seeds that were not built, with the status. `marts`: names of the models to publish.
    `generated_at`: when dbt wrote its results, UTC.
    """

    checks: list[dict[str, Any]]
    unbuilt: list[str]
    marts: frozenset[str]
    generated_at: datetime


def read_outcome(manifest_path: Path, run_results_path: Path) -> DbtOutcome:
    """Raises PipelineError where one of the two files is not there or damaged."""
    manifest, run = _read(manifest_path), _read(run_results_path)
    found = {result["unique_id"]: result for result in run["results"]}
    nodes = manifest["nodes"]
    expected = {key: node for key, node in nodes.items() if node["resource_type"] == "test"}
    # Unit tests judge the models, not the data: counted where they were run, not asked for.
    unit_tests = manifest.get("unit_tests", {})
    expected |= {key: node for key, node in unit_tests.items() if key in found}
    unbuilt = []
    for key, node in nodes.items():
        is_ephemeral = node.get("config", {}).get("materialized") == "ephemeral"
        if node["resource_type"] in _BUILT and not is_ephemeral:
            status = found.get(key, {}).get("status", "not run")
            if status != "success":
                unbuilt.append(f"{node['name']} ({status})")
    generated_at = datetime.fromisoformat(run["metadata"]["generated_at"].replace("Z", "+00:00"))
    return DbtOutcome(
        checks=[_check(node, nodes, found.get(key)) for key, node in sorted(expected.items())],
        unbuilt=sorted(unbuilt),
        marts=frozenset(
            node["name"]
            for node in nodes.values()
            if node["resource_type"] == "model" and "marts" in node["fqn"][:-1]
        ),
        generated_at=generated_at.astimezone(UTC).replace(tzinfo=None),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return builds.read_json(path)
    except FileNotFoundError as error:
        message = f"dbt's {path.name} of this build is not there ({path})"
        raise PipelineError(message, "Run the job `build`.") from error


def _check(node: dict[str, Any], nodes: dict[str, Any], result: dict[str, Any] | None) -> dict[str, Any]:
    status = result["status"] if result else "not run"
    outcome = _TEST_OUTCOMES.get(status, "missing")
    severity = str(node.get("config", {}).get("severity") or "error").lower()
    if status == "warn":
        severity = "warning"
    elif status == "fail":
        severity = "error"
    judged = nodes.get(node.get("attached_node") or "", {}).get("name") or node.get("model")
    failures = result.get("failures") if result else None
    return {
        "name": f"dbt.{node['name']}",
        "kind": "dbt",
        "table": judged,
        "severity": "warning" if severity.startswith("warn") else "error",
        "outcome": outcome,
        "failing_keys": [],
        "unexpected_count": failures,
        "observed": (result or {}).get("message") or None,
        "reason": meaning_of_test(node),
        "remedy": (node.get("config", {}).get("meta") or {}).get("remedy") or REMEDY,
    }
