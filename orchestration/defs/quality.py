"""Great Expectations as blocking checks on the marts, and the verdict that publishing asks for."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.defs.step_errors import told_as_failure
from orchestration.lib import builds
from orchestration.lib.record_links import RecordLinks, markdown_table
from orchestration.settings import Settings

CHECK_NAME = "expectations"
_FIRST_KEYS = 5


def gate_checks(settings: Settings, tables: Sequence[str], links: RecordLinks) -> dg.AssetChecksDefinition:
    """One blocking check per published mart, all evaluated in one pass that also writes the verdict."""

    @dg.multi_asset_check(
        name="gate",
        specs=[
            dg.AssetCheckSpec(
                name=CHECK_NAME,
                asset=dg.AssetKey([table]),
                blocking=True,
                description=f"The suite of {table} (expectations/suites/{table}.yml): what must hold"
                " before BI may see it.",
            )
            for table in tables
        ],
        can_subset=False,
    )
    def gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        from orchestration.lib.gate import judge
        from orchestration.lib.report import REPORT

        with told_as_failure(settings):
            verdict = judge(settings, progress=context.log.info)
        report = builds.build_dir(settings, verdict["build_id"]) / REPORT
        for table in tables:
            checks = [c for c in verdict["checks"] if c.get("table") == table]
            yield _check_result(table, checks, report, links)

    return gate


def _check_result(
    table: str, checks: list[dict[str, Any]], report: Path, links: RecordLinks
) -> dg.AssetCheckResult:
    bad = [check for check in checks if check["outcome"] != "passed"]
    blocking = [check for check in bad if check["severity"] == "error" or check["outcome"] == "crashed"]
    return dg.AssetCheckResult(
        passed=not bad and bool(checks),
        asset_key=dg.AssetKey([table]),
        check_name=CHECK_NAME,
        severity=dg.AssetCheckSeverity.ERROR if blocking or not checks else dg.AssetCheckSeverity.WARN,
        description="\n".join(f"{check['name']}: {check['detail']}" for check in blocking or bad)
        or f"{len(checks)} expectations hold.",
        metadata={
            "report": dg.MetadataValue.url(report.as_uri()),
            "evaluated": len(checks),
            "failed": len(bad),
            "beside_earlier_builds": dg.MetadataValue.json(
                {check["name"]: check["detail"] for check in checks if check.get("kind") == "trend"}
            ),
            "what_must_hold": dg.MetadataValue.md(_meanings(checks, links)),
            "failing": dg.MetadataValue.json(
                [
                    {
                        "expectation": check["name"],
                        "outcome": check["outcome"],
                        "unexpected_count": check.get("unexpected_count"),
                        "first_failing_keys": check.get("failing_keys", []),
                        "what_to_do": check.get("remedy"),
                    }
                    for check in bad
                ]
            ),
        },
    )


def _meanings(checks: list[dict[str, Any]], links: RecordLinks) -> str:
    """A line per check, those that did not pass first: why it is asked for, and the first failing keys."""
    rows = []
    for check in sorted(checks, key=lambda check: (check["outcome"] == "passed", check["name"])):
        has_passed = check["outcome"] == "passed"
        keys = "<br>".join(links.markdown(key) for key in check.get("failing_keys", [])[:_FIRST_KEYS])
        rows.append(
            [
                f"`{check['name'].removeprefix(check['table'] + '.').removeprefix('dbt.')}`",
                check["outcome"] if has_passed else f"**{check['outcome']}**",
                links.markdown(check["reason"]),
                "" if has_passed else f"{keys} {links.markdown(check['remedy'])}".strip(),
            ]
        )
    return markdown_table(["check", "outcome", "why it is asked for", "what failed, what to do"], rows)
