"""A build beside the builds before it: what has changed more than the table's own past explains.

Belongs here: the rule, on profiles alone. Which builds are comparable is `orchestration.lib.history`.

Limits come from the trailing builds themselves: their median, plus or minus six robust standard deviations
(1.4826 x the median absolute deviation; six, because ten values know their own spread only roughly), never
narrower than the trend's `limit`. Before ten published builds nothing is said of levels: two or three days
are no past. What collapses against the build before is said at once.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from expectations.profile import Profile
from expectations.results import CheckResult, check_name
from expectations.schema import Suite, Trend

BUILDS_NEEDED = 10
DEVIATIONS = 6.0
_NORMAL = 1.4826  # median absolute deviation to standard deviation, of a normal distribution

# Comparable published builds for a check, by its name: (build id, profile), oldest first.
History = Callable[[str], Sequence[tuple[str, Profile]]]
# Rows of a source that are known to be gone since a build: (build id, source, objects) to their number.
Explained = Callable[[str, str, Sequence[str]], int]
Facts = Mapping[str, Any]


def judge_trends(
    suites: Sequence[Suite], now: Profile, history: History, explained: Explained = lambda *_: 0
) -> list[CheckResult]:
    """One result per trend, in the order given. `observed` says the figure and what it was held to, or why
    nothing can be said yet; a failing one says it in its `failing` and how to accept it in its remedy.
    """
    results = []
    for suite in suites:
        for trend in suite.trends:
            name = check_name(suite, trend)
            facts = now.get(suite.table)
            past = [(build, tables[suite.table]) for build, tables in history(name) if suite.table in tables]
            if facts is None or (trend.column and trend.column not in facts["nulls"]):
                missing = f"column {trend.column}" if facts else "table"
                results.append(_result(suite, trend, "crashed", f"there is no such {missing}: {suite.table}"))
                continue
            if trend.measure == "kept":
                is_well, said = _kept(trend, facts, past, explained)
            else:
                is_well, said = _level(trend, facts, [each for _, each in past])
            accept = f" {_acceptance(name, past[-1][0])}" if past and not is_well else ""
            results.append(_result(suite, trend, "passed" if is_well else "failed", said, accept))
    return results


def _kept(
    trend: Trend, now: Facts, past: Sequence[tuple[str, Facts]], explained: Explained
) -> tuple[bool, str]:
    if not past:
        return True, "no published build to compare with yet"
    build, before = past[-1]
    if trend.column:
        had, has = _filled(trend.column, before), _filled(trend.column, now)
        said = f"{trend.column} is filled in {has:.1%} of the rows, {had:.1%} in build {build}"
        is_judged = min(before["rows"] - before["nulls"].get(trend.column, before["rows"]), now["rows"])
        return is_judged < trend.at_least or has >= (1 - trend.limit) * had, said
    lost = []
    for source, had_rows in before.get("sources", {}).items():
        has_rows = now.get("sources", {}).get(source, 0)
        known = explained(build, source, trend.objects)
        if had_rows >= trend.at_least and had_rows - has_rows - known > trend.limit * had_rows:
            lost.append(
                f"source {source} has {has_rows:,} of the {had_rows:,} rows that it had in build {build},"
                f" and {known:,} are known to be deleted"
            )
    return not lost, "; ".join(lost) or f"{now['rows']:,} rows, {before['rows']:,} in build {build}"


def _level(trend: Trend, now: Facts, past: Sequence[Facts]) -> tuple[bool, str]:
    """One figure against its trailing values; of a mix, its distance from the trailing mix."""
    known = [facts for facts in past if _is_enough(trend, facts)]
    if not _is_enough(trend, now):
        return True, f"not judged: fewer than {trend.at_least:,} to judge by"
    if len(known) < BUILDS_NEEDED:
        said = "" if trend.measure == "mix" else f"{_shown(trend, _figure(trend, now))}; "
        said += f"not judged before {BUILDS_NEEDED} published builds to compare with, so far {len(known)}"
        return True, said
    if trend.measure == "mix":
        return _mix(trend, now, known)
    figures = [_figure(trend, facts) for facts in known]
    centre, spread = _centre_and_spread(figures)
    allowed = max(trend.limit * _unit(trend, centre, known), DEVIATIONS * spread)
    figure = _figure(trend, now)
    low, high = max(centre - allowed, 0.0) if min(figures) >= 0 else centre - allowed, centre + allowed
    if trend.measure == "null_share":
        high = min(high, 1.0)
    said = f"{_shown(trend, figure)}, expected {_number(trend, low)} to {_number(trend, high)}"
    return abs(figure - centre) <= allowed, f"{said} by {len(known)} builds"


def _unit(trend: Trend, centre: float, past: Sequence[Facts]) -> float:
    """What the trend's `limit` is a share of."""
    if trend.measure == "rows":
        return max(centre, trend.at_least)
    if trend.measure == "median":  # a median near zero is no measure of its own movement
        spans = [facts["quartiles"][trend.column] for facts in past]
        return max(abs(centre), statistics.median(span[2] - span[0] for span in spans))
    return 1.0


def _mix(trend: Trend, now: Facts, past: Sequence[Facts]) -> tuple[bool, str]:
    mixes = [_shares(trend, facts) for facts in past]
    names = sorted({name for mix in (*mixes, _shares(trend, now)) for name in mix})
    usual = {name: statistics.fmean(mix.get(name, 0.0) for mix in mixes) for name in names}
    centre, spread = _centre_and_spread([_distance(mix, usual) for mix in mixes])
    allowed = max(trend.limit, centre + DEVIATIONS * spread)
    shares = _shares(trend, now)
    distance = _distance(shares, usual)
    most = sorted(names, key=lambda name: (-abs(shares.get(name, 0.0) - usual[name]), name))[:3]
    moved = ", ".join(f"{name} {shares.get(name, 0.0):.1%} (usually {usual[name]:.1%})" for name in most)
    said = f"{trend.column}: {distance:.1%} of the rows in other categories than usual, allowed {allowed:.1%}"
    return distance <= allowed, f"{said} by {len(past)} builds; {moved}"


def _is_enough(trend: Trend, facts: Facts) -> bool:
    column = str(trend.column)
    if trend.measure == "rows":
        return True  # its limit is never narrower than a share of `at_least`
    if trend.measure == "median":
        has_median = facts.get("quartiles", {}).get(column) is not None
        return has_median and facts["rows"] - facts["nulls"][column] >= trend.at_least
    kept = facts.get("categories", {}) if trend.measure == "mix" else facts["nulls"]
    return column in kept and facts["rows"] >= trend.at_least


def _figure(trend: Trend, facts: Facts) -> float:
    if trend.measure == "rows":
        return float(facts["rows"])
    if trend.measure == "median":
        return float(facts["quartiles"][trend.column][1])
    return float(facts["nulls"][trend.column] / facts["rows"])


def _shown(trend: Trend, figure: float) -> str:
    number = _number(trend, figure)
    if trend.measure == "median":
        return f"median {trend.column} {number}"
    return f"{number} rows" if trend.measure == "rows" else f"{number} of the rows without {trend.column}"


def _number(trend: Trend, figure: float) -> str:
    return format(figure, {"rows": ",.0f", "median": ",.2f"}.get(trend.measure, ".1%"))


def _filled(column: str, facts: Facts) -> float:
    nulls = facts["nulls"].get(column, facts["rows"])
    return 1 - nulls / facts["rows"] if facts["rows"] else 0.0


def _shares(trend: Trend, facts: Facts) -> dict[str, float]:
    counts = facts["categories"][trend.column]
    return {name: count / facts["rows"] for name, count in counts.items()}


def _distance(mix: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Total variation distance: the share of rows that would have to change their category."""
    return sum(abs(mix.get(name, 0.0) - other.get(name, 0.0)) for name in sorted({*mix, *other})) / 2


def _centre_and_spread(values: Sequence[float]) -> tuple[float, float]:
    centre = statistics.median(values)
    return centre, _NORMAL * statistics.median(abs(value - centre) for value in values)


def _acceptance(name: str, build: str) -> str:
    return (
        "If it is meant so, say it in the sources file, and later builds are compared with this one:"
        f" accepted_changes: [{{check: {name}, after: {build}, reason: why}}]."
    )


def _result(suite: Suite, trend: Trend, outcome: Any, said: str, accept: str = "") -> CheckResult:
    return CheckResult(
        name=check_name(suite, trend),
        table=suite.table,
        severity=trend.severity,
        outcome=outcome,
        failing=(said,) if outcome == "failed" else (),
        unexpected_count=None,
        observed=said,
        reason=trend.reason.strip(),
        remedy=trend.remedy.strip() + accept,
    )
