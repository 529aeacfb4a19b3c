"""The audit between building and publishing: runs the suites, adds dbt's tests, writes the verdict.

Belongs here: what a build gives the suites (its parameters) and the order of the audit. The rule of
yes and no is `verdict`; the checks themselves are data in `expectations/suites`.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.profile import profile
from expectations.runner import run
from expectations.schema import SUITES_DIR, load_suites
from expectations.sql import Relation, Value
from expectations.trends import judge_trends
from orchestration.garbage import rare_collections
from orchestration.lib import builds, dbt_project, timings
from orchestration.lib.content import TableContent, contents
from orchestration.lib.dbt_checks import read_outcome
from orchestration.lib.history import PublishedHistory, write_profile
from orchestration.lib.report import write_report
from orchestration.lib.verdict import make_verdict
from orchestration.lib.warehouse import build_id_in, read_warehouse, writer_lock
from orchestration.settings import Settings

# lead-quality design: 20 % until a source has 10 published builds to be compared with, then three
# times their median, never below 5 % (a clean source would block on noise) nor above 40 %.
FIRST_ALLOWANCE = 0.20
PUBLICATIONS_NEEDED = 10
MEDIAN_FACTOR = 3.0
ALLOWANCE_BOUNDS = (0.05, 0.40)


@rare_collections()  # dbt's manifest and GX's metrics are objects by the hundred thousand: a tenth of it
def judge(
    settings: Settings,
    *,
    progress: Callable[[str], object] = lambda _: None,
    suites_dir: Path = SUITES_DIR,
    dbt_manifest: Path | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Audit the build that lies in the warehouse and write its verdict (see `make_verdict`).

    `dbt_manifest` is dbt's manifest.json of that build, by default the one it was run with;
    run_results.json stands in the build's folder. Raises PipelineError where an input of the audit
    is not there; a check that fails or crashes is part of the verdict.
    """
    begun = time.monotonic()
    suites = load_suites(suites_dir)
    with writer_lock(settings, "the audit"):
        with read_warehouse(settings) as connection:  # once for all: opening takes 80 ms at 4 M rows
            build_id = build_id_in(connection)
            path = builds.build_dir(settings, build_id) / builds.VERDICT
            path.unlink(missing_ok=True)  # an audit that dies leaves no verdict, not the one before
            tables = contents(connection, [suite.table for suite in suites])
            shares = fake_shares(connection, tables)
            measured = profile(connection, suites)
        manifest = builds.read_manifest(settings, build_id)
        results_path = path.with_name(dbt_project.RUN_RESULTS)
        dbt = read_outcome(dbt_manifest or dbt_project.manifest_path(settings), results_path)
        progress(f"Judging build {build_id}: {len(suites)} suites, {len(dbt.checks)} dbt tests.")
        results = run(
            settings.warehouse, suites, suite_parameters(manifest), memory_limit=settings.memory_limit
        )
    history = PublishedHistory(settings, manifest)
    results += judge_trends(suites, measured, history, history.explained)
    write_profile(settings, manifest, measured)
    verdict = make_verdict(
        manifest,
        suites,
        results,
        dbt,
        tables=tables,
        fake_shares=shares,
        compared_with=[each["build_id"] for each in history.profiles],
        created_at=(now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None),
    )
    builds.write_json(path, verdict)
    timings.add_step(settings, build_id, "gate", time.monotonic() - begun)
    write_report(settings, verdict)
    for reason in verdict["blocking_reasons"]:
        progress(f"Blocks publication: {reason}")
    return verdict


def suite_parameters(manifest: Mapping[str, Any]) -> dict[str, Value]:
    """What suites may ask for as `${name}`: build_id, as_of, known_at, last_known_at (the newest
    moment that the last publication knew, null before the first), fake_allowances (relation of
    source_instance, allowance and ended_on, the day on which one of the sources file ended)."""
    publications = manifest.get("publications", [])
    return {
        "build_id": manifest["build_id"],
        "as_of": datetime.fromisoformat(manifest["as_of"]),
        "known_at": datetime.fromisoformat(manifest["known_at"]),
        "last_known_at": datetime.fromisoformat(publications[-1]["known_at"]) if publications else None,
        "fake_allowances": Relation(
            {"source_instance": "varchar", "allowance": "double", "ended_on": "varchar"},
            tuple(
                (source["name"], fake_allowance(source, publications), source.get("allowance_ended_on"))
                for source in manifest["sources"]
            ),
        ),
    }


def fake_allowance(source: Mapping[str, Any], publications: Sequence[Mapping[str, Any]]) -> float:
    """Share of fake and suspect leads up to which a source instance may be published, 0 to 1."""
    if source.get("fake_share_allowance") is not None:
        return float(source["fake_share_allowance"])
    shares = [
        publication["fake_shares"][source["name"]]
        for publication in publications
        if source["name"] in publication.get("fake_shares", {})
    ]
    if len(shares) < PUBLICATIONS_NEEDED:
        return FIRST_ALLOWANCE
    low, high = ALLOWANCE_BOUNDS
    return float(min(high, max(low, MEDIAN_FACTOR * statistics.median(shares))))


def fake_shares(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, TableContent]
) -> dict[str, float]:
    """Share of fake and suspect among the leads of each source instance that could be judged for it,
    duplicates apart.

    Empty where rpt_lead_quality or its columns are missing, which its suite reports.
    """
    leads = tables.get("rpt_lead_quality")
    names = {column.split(" ")[0] for column in leads.columns} if leads else set()
    if not {"source_instance", "verdict", "fake_score"} <= names:
        return {}
    rows = connection.execute("""
        select source_instance, avg((verdict in ('fake', 'suspect'))::integer)
        from main.rpt_lead_quality
        where verdict <> 'duplicate' and fake_score is not null
        group by source_instance
        order by source_instance
    """).fetchall()
    return {name: round(float(share), 6) for name, share in rows}
