"""A small warehouse that holds every published table as the suites want it, and one that holds none so.

For the tests of the gate and the publisher: `make_home` writes a build that has been planned and
built, `BROKEN` breaks every expectation that data can break.
"""

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import duckdb

from expectations.results import CheckResult, Outcome, check_name, crashed
from expectations.schema import SUITES_DIR, Expectation, Suite, Trend, load_suites
from orchestration.lib import builds
from orchestration.lib.content import contents
from orchestration.lib.dbt_checks import read_outcome
from orchestration.lib.gate import fake_shares
from orchestration.lib.verdict import make_verdict
from orchestration.settings import PROJECT_ROOT, Settings

JUDGED = datetime(2026, 7, 1, 4, 1, tzinfo=UTC)
BUILD = "20260701T040000-aaaaaaaa"

_FIXTURES = PROJECT_ROOT / "tests" / "fixtures"
CLEAN = (_FIXTURES / "published_marts.sql").read_text(encoding="utf-8")
BROKEN = (_FIXTURES / "broken_marts.sql").read_text(encoding="utf-8")  # to run on a clean warehouse


def make_home(home: Path, build_id: str = BUILD, **changes: Any) -> Settings:
    """A home with one build planned and built, all of it clean; `changes` go into its manifest."""
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    make_warehouse(settings.warehouse, build_id)
    folder = builds.build_dir(settings, build_id)
    builds.write_json(folder / builds.MANIFEST, build_manifest(build_id) | changes)
    write_dbt_artifacts(settings, build_id)
    return settings


def make_warehouse(path: Path, build_id: str = BUILD, *statements: str) -> None:
    """Replace the warehouse with a clean one, then run `statements` on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_clean_warehouse())
    execute(path, [f"update meta_build set build_id = '{build_id}'", *statements])


@cache
def _clean_warehouse() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clean.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(CLEAN)
            narrow = connection.execute(
                "select table_name, column_name from duckdb_columns() where numeric_precision < 18"
                " and data_type like 'DECIMAL%'"
            ).fetchall()
            for table, column in narrow:  # DuckDB types 0.5 as decimal(2,1), which holds no bad value
                connection.execute(f"alter table {table} alter {column} type double")
        return path.read_bytes()


def build_manifest(build_id: str = BUILD) -> dict[str, Any]:
    """What `plan_build` would have written."""
    source = {"system": "csv_mapping", "required": True, "max_staleness_days": 3, "is_stale": False}
    source |= {"last_ingest_at": "2026-07-01 03:50:00.000000", "fake_share_allowance": None}
    return {
        "build_id": build_id,
        "run_id": "r-" + build_id,
        "as_of": "2026-06-30 21:59:59.000000",
        "known_at": "2026-07-01 03:50:00.000000",
        "started_at": "2026-07-01 04:00:00.000000",
        "git_revision": "abc",
        "sources": [source | {"name": "crm"}, source | {"name": "cal", "system": "icalendar"}],
        "loads": [
            {"source_instance": "crm", "system": "csv_mapping", "object": "lead", "extracted_count": 101,
             "rejected_count": 1},
        ],
        "publications": [],
    }  # fmt: skip


def write_dbt_artifacts(settings: Settings, build_id: str = BUILD, **statuses: str) -> None:
    """manifest.json and run_results.json of a `dbt build` of every mart and one test.

    `statuses`: node name to another status than success or pass; `not_run` leaves the node out.
    """
    marts = sorted(path.stem for path in SUITES_DIR.glob("*.yml"))
    nodes = {f"model.p.{mart}": _node(mart, "model") for mart in marts}
    nodes["test.p.unique_leads"] = _node("unique_leads", "test") | {"attached_node": "model.p.fct_leads"}
    results = [
        {
            "unique_id": key,
            "status": statuses.get(node["name"], "pass" if node["resource_type"] == "test" else "success"),
            "message": None,
            "failures": 0 if node["resource_type"] == "test" else None,
        }
        for key, node in nodes.items()
    ]
    results = [result for result in results if result["status"] != "not_run"]
    generated = statuses.get("generated_at", "2026-07-01T04:00:30.000000Z")
    folder = builds.build_dir(settings, build_id)
    run_results = {"metadata": {"generated_at": generated}, "results": results}
    builds.write_json(folder / "run_results.json", run_results)
    dbt_manifest(settings).parent.mkdir(parents=True, exist_ok=True)
    dbt_manifest(settings).write_text(json.dumps({"nodes": nodes, "unit_tests": {}}))


def dbt_manifest(settings: Settings) -> Path:
    """Where the manifest.json of `write_dbt_artifacts` lies: where dbt leaves it."""
    from orchestration.lib.dbt_project import manifest_path

    return manifest_path(settings)


def execute(path: Path, statements: Sequence[str]) -> None:
    """Run statements on a DuckDB file."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def _node(name: str, kind: str) -> dict[str, Any]:
    config = {"severity": "ERROR"} if kind == "test" else {"materialized": "table"}
    return {
        "name": name,
        "resource_type": kind,
        "fqn": ["p", "marts", "core", name],
        "config": config,
        "description": "",
    }


def write_verdict(
    settings: Settings, build_id: str = BUILD, failing_key: str = "lead_id=crm:l1", **outcomes: str
) -> dict[str, Any]:
    """The verdict of the build in the warehouse as the gate writes it, without running the checks.

    `outcomes`: expectation name, as `<table>__<expectation>`, to another outcome than passed;
    `missing` leaves its result out. `failing_key`: the row that fails where one does.
    """
    suites = load_suites()
    results = []
    for suite in suites:
        for check in suite.checks:
            outcome = outcomes.get(f"{suite.table}__{check.name}", "passed")
            if outcome != "missing":
                results.append(_result(suite, check, outcome, failing_key))
    folder = builds.build_dir(settings, build_id)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        tables = contents(connection, [suite.table for suite in suites])
        shares = fake_shares(connection, tables)
    verdict = make_verdict(
        builds.read_manifest(settings, build_id),
        suites,
        results,
        read_outcome(dbt_manifest(settings), folder / "run_results.json"),
        tables=tables,
        fake_shares=shares,
        created_at=JUDGED.replace(tzinfo=None),
    )
    builds.write_json(folder / builds.VERDICT, verdict)
    return verdict


def _result(suite: Suite, expectation: Expectation | Trend, outcome: str, key: str) -> CheckResult:
    if outcome == "crashed" and isinstance(expectation, Expectation):
        return crashed(suite, expectation, "Binder Error: no such column")
    return CheckResult(
        name=check_name(suite, expectation),
        table=suite.table,
        severity=expectation.severity,
        outcome=cast(Outcome, outcome),
        failing=() if outcome == "passed" else (key,),
        unexpected_count=0 if outcome == "passed" else 1,
        observed=None,
        reason=expectation.reason,
        remedy=expectation.remedy,
    )
