"""The end of a run in a screenful: what is served, which leads to trust, what to look at.

Belongs here: text made from the ledger and the served tables. Nothing is decided or computed anew.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.publisher import CONSTANT, CURRENT, current_version, open_published
from orchestration.lib.verdict import counts, detail, read_verdict
from orchestration.lib.version_files import PARQUET
from orchestration.settings import Settings

_MOST_LINES = 10  # of warnings; the rest is in the verdict


def summary(settings: Settings, build_id: str) -> str:
    """What is served after this build, or why it is not this build. Plain text, several lines."""
    try:
        verdict = read_verdict(settings, build_id)
    except PipelineError as error:
        return str(error)
    version = current_version(settings)
    manifest = builds.read_manifest(settings, build_id)
    lines: list[str] = []
    if version is None or version.name != f"v-{build_id}":
        lines.append(f"Build {build_id} is not served; served is {version.name if version else 'nothing'}.")
        lines += [f"  - {reason}" for reason in verdict["blocking_reasons"]]
    else:
        lines += _served(settings, verdict)
        with open_published(settings) as connection:
            lines += _leads(connection)
            lines += _strangers(connection, manifest)
    lines += _checks(verdict)
    lines += _rejected(manifest)
    return "\n".join(lines)


def _served(settings: Settings, verdict: Mapping[str, Any]) -> Iterator[str]:
    yield f"Served: build {verdict['build_id']}, as of {verdict['as_of'][:16]} UTC"
    yield f"  DuckDB   {settings.published / CONSTANT}"
    yield f"  Parquet  {settings.published / CURRENT / PARQUET}"
    yield ""
    width = max(len(table) for table in verdict["tables"])
    for table, facts in sorted(verdict["tables"].items()):
        yield f"  {table:<{width}}  {facts['rows']:>12,} rows"
    yield ""


def _leads(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    verdicts = connection.execute("""
        select source_instance, verdict, count(*) from main.rpt_lead_quality
        group by all order by source_instance, count(*) desc, verdict
    """).fetchall()
    if not verdicts:
        yield "Leads: none landed."
        return
    trusted = sum(n for _, verdict, n in verdicts if verdict == "trusted")
    quarantined = sum(n for *_, n in verdicts) - trusted
    yield f"Leads: {trusted:,} trusted, {quarantined:,} quarantined"
    for source in sorted({name for name, *_ in verdicts}):
        parts = [f"{n:,} {verdict}" for name, verdict, n in verdicts if name == source]
        reasons = connection.execute(
            """
            select reason, count(*)
            from (
                select unnest(string_split(reasons, ', ')) as reason
                from main.rpt_lead_quality
                where source_instance = ? and verdict <> 'trusted' and reasons <> ''
            )
            group by reason order by count(*) desc, reason limit 3
            """,
            [source],
        ).fetchall()
        why = ", ".join(f"{reason} ({n:,})" for reason, n in reasons)
        yield f"  {source}: {', '.join(parts)}" + (f"; most common reasons: {why}" if why else "")


def _strangers(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Reps whom planning files alone name: a misspelt name takes its quota with it, and no check minds."""
    systems: dict[str, set[str]] = {}
    for load in manifest["loads"]:
        systems.setdefault(load["source_instance"], set()).add(load["system"])
    only_planning = [name for name, found in systems.items() if found == {"planning"}]
    names = [
        name
        for (name,) in connection.execute(
            "select rep_name from main.dim_reps"
            " where split_part(rep_id, ':', 1) in (select unnest(?)) order by rep_name",
            [only_planning],
        ).fetchall()
    ]
    if names:
        shown = ", ".join(names[:_MOST_LINES]) + (", …" if len(names) > _MOST_LINES else "")
        yield (
            f"Reps: {len(names):,} in planning files that no other source knows: {shown}. Where that is a"
            " slip, correct it there or add it to rep_aliases."
        )


def _checks(verdict: Mapping[str, Any]) -> Iterator[str]:
    numbers = counts(verdict)
    warnings = [
        check
        for check in verdict["checks"]
        if check["outcome"] == "failed" and check["severity"] == "warning"
    ]
    yield (
        f"Checks: {numbers['checks_evaluated']:,} of {numbers['checks_expected']:,} evaluated,"
        f" {numbers['checks_failed'] - len(warnings):,} failed, {_warnings(len(warnings))}"
    )
    for check in warnings[:_MOST_LINES]:
        yield f"  warning {check['name']}: {detail(check)}"
    if len(warnings) > _MOST_LINES:
        yield f"  and {len(warnings) - _MOST_LINES} more: builds/{verdict['build_id']}/{builds.VERDICT}"


def _warnings(number: int) -> str:
    return "1 warning" if number == 1 else f"{number:,} warnings"


def _rejected(manifest: Mapping[str, Any]) -> Iterator[str]:
    for load in manifest["loads"]:
        if load["rejected_count"]:
            yield (
                f"Rejected: {load['rejected_count']:,} of {load['extracted_count']:,} rows of"
                f" {load['source_instance']}, {load['object']}; each with its reason under"
                f" rejected/{load['system']}/{load['object']}/"
            )
