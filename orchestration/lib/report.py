"""One page per build for a reader: what failed with its first keys, what changed, where the time went.

Belongs here: `builds/<build_id>/report.html`, made from the verdicts of this build and those before it.
It decides nothing; the rule of yes and no is `verdict`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from orchestration.lib import builds
from orchestration.lib.timings import STEPS, read_timings
from orchestration.lib.verdict import counts
from orchestration.settings import Settings

REPORT = "report.html"
_TREND_BUILDS = 30
_TEMPLATE = Path(__file__).with_name("report.html.j2")
_WIDTH, _HEIGHT = 140, 24
_BAR, _BAR_HEIGHT = 14, 44


def write_report(settings: Settings, verdict: Mapping[str, Any]) -> Path:
    """Write the page of one verdict beside it; returns its path. Every text in it is escaped."""
    path = builds.build_dir(settings, verdict["build_id"]) / REPORT
    before = _verdicts_before(settings, verdict["build_id"])
    page = render(verdict, before, read_timings(settings, verdict["build_id"]))
    temporary = path.with_name(f".{REPORT}.tmp")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path


def render(
    verdict: Mapping[str, Any], before: Sequence[Mapping[str, Any]], timings: Mapping[str, Any]
) -> str:
    """The page as HTML. `before`: older verdicts, oldest first; `timings`: as `read_timings` gives them."""
    checks = verdict["checks"]
    per_table = Counter(check["table"] for check in checks)
    failing = [check for check in checks if check["outcome"] != "passed"]
    failing.sort(key=lambda check: (check["outcome"] == "failed", check["name"]))
    failed_in = Counter(check["table"] for check in failing)
    blocking = [check for check in failing if check["outcome"] != "failed" or check["severity"] == "error"]
    said = tuple(f"{check['name']}: " for check in blocking)  # these stand in the table of checks
    tables = []
    for name, facts in sorted(verdict["tables"].items()):
        past = [old["tables"][name]["rows"] for old in before if name in old["tables"]]
        tables.append(
            {
                "name": name,
                "rows": facts["rows"],
                "change": facts["rows"] - past[-1] if past else None,
                "trend": _line([*past, facts["rows"]]),
                "checks": per_table[name],
                "failed": failed_in[name],
            }
        )
    shares = [
        (
            name,
            share,
            _line([*[old["fake_shares"][name] for old in before if name in old["fake_shares"]], share]),
        )
        for name, share in sorted(verdict["fake_shares"].items())
    ]
    template = Environment(autoescape=True, trim_blocks=True).from_string(
        _TEMPLATE.read_text(encoding="utf-8")
    )
    return template.render(
        {key: verdict[key] for key in ("build_id", "git_revision", "is_publishable")}
        | {key: verdict[key].partition(".")[0] for key in ("as_of", "known_at", "created_at")},
        reason_count=len(verdict["blocking_reasons"]),
        reasons=[reason for reason in verdict["blocking_reasons"] if not reason.startswith(said)],
        counts=counts(verdict),
        blocking=blocking,
        warnings=[check for check in failing if check not in blocking],
        builds=_bars([*before, verdict]),
        builds_shown=len(before) + 1,
        trends=[check for check in checks if check.get("kind") == "trend"],
        tables=tables,
        shares=shares,
        steps=[(name, STEPS[name], seconds) for name, seconds in timings["steps"].items()],
        layers=timings["layers"],
        slowest=timings["slowest"],
    )


def _verdicts_before(settings: Settings, build_id: str) -> list[dict[str, Any]]:
    ids = [each for each in builds.build_ids(settings) if each != build_id][-_TREND_BUILDS:]
    paths = [builds.build_dir(settings, each) / builds.VERDICT for each in ids]
    return [builds.read_json(path) for path in paths if path.exists()]


def _bars(verdicts: Sequence[Mapping[str, Any]]) -> str:
    """A bar per build as SVG: its height the checks that failed, its colour whether it might be published."""
    failed = [counts(verdict)["checks_failed"] for verdict in verdicts]
    scale = (_BAR_HEIGHT - 4) / max(*failed, 1)
    bars = Markup("").join(
        Markup(
            '<rect class="{c}" x="{x}" y="{y:.1f}" width="{w}" height="{h:.1f}"><title>{label}</title></rect>'
        ).format(
            c="yes" if verdict["is_publishable"] else "no",
            x=number * _BAR,
            y=_BAR_HEIGHT - 4 - count * scale,
            w=_BAR - 2,
            h=4 + count * scale,
            label=f"{verdict['build_id']}: {count} checks failed,"
            f" {'could' if verdict['is_publishable'] else 'could not'} be published",
        )
        for number, (verdict, count) in enumerate(zip(verdicts, failed, strict=True))
    )
    label = f"checks failed per build: {', '.join(str(count) for count in failed)}"
    return Markup('<svg width="{w}" height="{h}" role="img" aria-label="{label}">{bars}</svg>').format(
        w=len(verdicts) * _BAR, h=_BAR_HEIGHT, label=label, bars=bars
    )


def _line(values: Sequence[float]) -> str:
    """A small line of values over builds as SVG, from zero up; a word where there is only one."""
    if len(values) < 2:
        return "first build"
    low, high = min(values), max(values)
    scale = (_HEIGHT - 4) / high if high > 0 else 0
    step = (_WIDTH - 4) / (len(values) - 1)
    at = [(i * step, _HEIGHT - 2 - value * scale) for i, value in enumerate(values)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    label = f"{values[0]:,g} to {values[-1]:,g}, between {low:,g} and {high:,g}"
    return Markup(
        '<svg width="{w}" height="{h}" role="img" aria-label="{label}"><title>{label}</title>'
        '<polyline points="{points}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2"/></svg>'
    ).format(w=_WIDTH, h=_HEIGHT, label=label, points=points, x=at[-1][0], y=at[-1][1])
