"""May a build be published? Every expected check with its outcome, and what exactly was judged.

Belongs here: `builds/<build_id>/verdict.json` and the rule that turns outcomes into yes or no. The
checks are run by `gate`; the publisher asks the same rule again and trusts no stored yes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.results import CheckResult, check_name
from expectations.schema import Expectation, Suite, Trend, load_suites, suites_hash
from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.content import TableContent, content_hash
from orchestration.lib.dbt_checks import DbtOutcome
from orchestration.masking import masked_values
from orchestration.settings import Settings

TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"
REMEDY = "Run the whole job `build`; what was served before is still served."
_OF_THE_MANIFEST = ("as_of", "known_at", "git_revision")
_SHOWN = 3  # failing rows named in a sentence; all that were kept are in the verdict


def make_verdict(
    manifest: Mapping[str, Any],
    suites: Sequence[Suite],
    found: Sequence[CheckResult],
    dbt: DbtOutcome,
    *,
    tables: Mapping[str, TableContent],
    fake_shares: Mapping[str, float],
    compared_with: Sequence[str] = (),
    created_at: datetime,
) -> dict[str, Any]:
    """The verdict of one build as it is written.

    Keys: build_id, as_of, known_at, git_revision, created_at (UTC text), duckdb_version, suites_hash,
    content_hash (of all tables), tables (name -> rows, columns, hash), compared_with (ids of the published
    builds that the trends look back on), checks (list of name, kind gx|trend|dbt, table, severity,
    outcome passed|failed|crashed|missing, failing_keys, unexpected_count, observed, detail, reason,
    remedy), problems (what no check says, in words), fake_shares (source -> share), is_publishable,
    blocking_reasons.
    """
    results = {result.name: result for result in found}
    checks = [
        _declared_check(suite, declared, results.get(check_name(suite, declared)))
        for suite in suites
        for declared in suite.checks
    ] + list(dbt.checks)
    judged = {name: asdict(content) | {"columns": list(content.columns)} for name, content in tables.items()}
    checks = [masked_values(check) for check in checks]  # a key may be somebody's address
    verdict: dict[str, Any] = {
        "build_id": manifest["build_id"],
        **{key: manifest[key] for key in _OF_THE_MANIFEST},
        "created_at": created_at.strftime(TIME_FORMAT),
        "duckdb_version": duckdb.__version__,
        "suites_hash": suites_hash(list(suites)),
        "content_hash": content_hash(judged),
        "tables": judged,
        "compared_with": list(compared_with),
        "checks": [check | {"detail": detail(check)} for check in checks],
        "problems": list(_problems(manifest, suites, dbt)),
        "fake_shares": dict(fake_shares),
    }
    reasons = blocking_reasons(verdict)
    return verdict | {"is_publishable": not reasons, "blocking_reasons": reasons}


def blocking_reasons(verdict: Mapping[str, Any]) -> list[str]:
    """Why a verdict does not allow publication, in words; empty where it does.

    A check with no outcome or one that crashed blocks at any severity: nobody knows what it would
    have found.
    """
    reasons = list(verdict["problems"])
    if not verdict["checks"]:
        reasons.append("no check was expected, so nothing has been judged")
    alike = Counter((check["table"], check["observed"]) for check in _crashed(verdict))
    for check in verdict["checks"]:
        is_unknown = check["outcome"] not in ("passed", "failed")
        cause = (check["table"], check["observed"])
        if check["outcome"] == "crashed" and alike[cause] != 1:
            if alike[cause]:  # a missing table crashes all its checks: said once
                reasons.append(f"{alike.pop(cause)} checks of {check['table']}: {detail(check)}")
        elif is_unknown or (check["outcome"] == "failed" and check["severity"] == "error"):
            reasons.append(f"{check['name']}: {detail(check)}")
    return reasons


def counts(verdict: Mapping[str, Any]) -> dict[str, int]:
    """checks_expected, checks_evaluated (passed or failed) and checks_failed (failed at any severity)."""
    outcomes = [check["outcome"] for check in verdict["checks"]]
    return {
        "checks_expected": len(outcomes),
        "checks_evaluated": sum(outcome in ("passed", "failed") for outcome in outcomes),
        "checks_failed": outcomes.count("failed"),
    }


def read_verdict(settings: Settings, build_id: str) -> dict[str, Any]:
    """Raises PipelineError where the build was never judged: no verdict is a no."""
    try:
        return builds.read_json(builds.build_dir(settings, build_id) / builds.VERDICT)
    except FileNotFoundError as error:
        raise PipelineError(
            f"build {build_id} has no verdict, so it is not published",
            "Run the whole job `build`: its gate writes the verdict.",
        ) from error


def accepted_verdict(settings: Settings, build_id: str, suites_dir: Path) -> dict[str, Any]:
    """The verdict of exactly this build, where it allows publication; judged anew from its checks."""
    verdict = read_verdict(settings, build_id)
    suites = load_suites(suites_dir)
    try:
        evaluated = {check["name"] for check in verdict["checks"]}
        if verdict["build_id"] != build_id:
            raise PipelineError(f"build {build_id} holds a verdict on build {verdict['build_id']}", REMEDY)
        if verdict["suites_hash"] != suites_hash(suites):
            raise PipelineError(f"the suites have changed since build {build_id} was judged", REMEDY)
        if verdict["content_hash"] != content_hash(verdict["tables"]):
            raise PipelineError(f"the verdict of build {build_id} contradicts its own content_hash", REMEDY)
        manifest = builds.read_manifest(settings, build_id)
        for key in _OF_THE_MANIFEST:
            if verdict[key] != manifest[key]:
                raise PipelineError(
                    f"build {build_id} was judged for {key} {verdict[key]}, and is of {manifest[key]}", REMEDY
                )
        expected = [check_name(suite, declared) for suite in suites for declared in suite.checks]
        partial = [name for name in expected if name not in evaluated]
        reasons = [f"{name} was not evaluated" for name in partial] + blocking_reasons(verdict)
    except (KeyError, TypeError, AttributeError) as error:
        raise PipelineError(f"the verdict of build {build_id} is damaged: {error!r}", REMEDY) from error
    if reasons:
        raise PipelineError(
            f"build {build_id} is not published:\n" + "\n".join(f"  - {reason}" for reason in reasons),
            "Each line says what to do; what was served before is still served.",
        )
    return verdict


def detail(check: Mapping[str, Any]) -> str:
    """One check's outcome as a sentence or two."""
    outcome, keys = check["outcome"], list(check["failing_keys"])
    if outcome == "passed":
        return str(check["observed"]) if check.get("kind") == "trend" else "holds"
    if outcome == "missing":
        return "was expected and has not been evaluated"
    if outcome == "crashed":
        return f"could not be evaluated: {str(check['observed']).splitlines()[0]}"
    if keys and "=" not in keys[0].split(" ")[0]:
        found = "; ".join(keys[:_SHOWN])  # the check says it in words
    else:
        count = check["unexpected_count"]
        found = f"{count:,} rows fail" if count is not None else f"found {check['observed']}"
        found += f", for example {' / '.join(keys[:_SHOWN])}" if keys else ""
    return f"{found}. {check['reason']} What to do: {check['remedy']}"


def _declared_check(
    suite: Suite, declared: Expectation | Trend, result: CheckResult | None
) -> dict[str, Any]:
    return {
        "name": check_name(suite, declared),
        "kind": "trend" if isinstance(declared, Trend) else "gx",
        "table": suite.table,
        "severity": declared.severity,
        "outcome": result.outcome if result else "missing",
        "failing_keys": list(result.failing) if result else [],
        "unexpected_count": result.unexpected_count if result else None,
        "observed": result.observed if result else None,
        "reason": declared.reason.strip(),
        "remedy": (result or declared).remedy.strip(),
    }


def _crashed(verdict: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [check for check in verdict["checks"] if check["outcome"] == "crashed"]


def _problems(manifest: Mapping[str, Any], suites: Sequence[Suite], dbt: DbtOutcome) -> Iterator[str]:
    for source in manifest["sources"]:
        last = source.get("last_ingest_at") or "never"
        if source["is_stale"] and source.get("max_staleness_days") and source.get("last_ingest_at"):
            yield (
                f"source {source['name']} is too old: last complete load {last} UTC, allowed are"
                f" {source['max_staleness_days']:g} days. What to do: land a newer export, or raise"
                " max_staleness_days in the sources file."
            )
        elif source["is_stale"] and source["required"]:
            yield (
                f"source {source['name']} is required and has no complete load (last: {last}). What to do:"
                " run the job `ingest`, or set required: false in the sources file."
            )
    if dbt.unbuilt:
        yield f"dbt did not build {', '.join(dbt.unbuilt)}. What to do: run the whole job `build`."
    judged = {suite.table for suite in suites}
    for table in sorted(dbt.marts - judged):
        yield f"mart {table} has no suite. What to do: write expectations/suites/{table}.yml."
    for table in sorted(judged - dbt.marts):
        yield f"suite {table} has no mart. What to do: remove expectations/suites/{table}.yml."
    if dbt.generated_at < datetime.fromisoformat(manifest["started_at"]):
        yield (
            f"dbt's results are of {dbt.generated_at:%Y-%m-%d %H:%M:%S} UTC, before this build was planned."
            " What to do: run the whole job `build`."
        )
