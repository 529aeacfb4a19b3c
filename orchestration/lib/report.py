"""One page per build for a reader: what failed with its first keys, what changed, where the time went.

Belongs here: `builds/<build_id>/report.html`, made from the verdicts of this build and those before it.
It decides nothing; the rule of yes and no is `verdict`.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from orchestration.lib import builds
from orchestration.lib.verdict import counts
from orchestration.settings import Settings

REPORT = "report.html"
_TREND_BUILDS = 30
_SLOWEST = 12
_TEMPLATE = Path(__file__).with_name("report.html.j2")
_WIDTH, _HEIGHT = 140, 24


def write_report(settings: Settings, verdict: Mapping[str, Any]) -> Path:
    """Write the page of one verdict beside it; returns its path. Every text in it is escaped."""
    folder = builds.build_dir(settings, verdict["build_id"])
    path = folder / REPORT
    page = render(verdict, _verdicts_before(settings, verdict["build_id"]), _seconds(folder))
    temporary = path.with_name(f".{REPORT}.tmp")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path


def render(
    verdict: Mapping[str, Any], before: Sequence[Mapping[str, Any]], seconds: Mapping[str, float]
) -> str:
    """The page as HTML. `before`: older verdicts, oldest first; `seconds`: dbt node to its time."""
    checks = verdict["checks"]
    per_table = Counter(check["table"] for check in checks)
    failing = [check for check in checks if check["outcome"] != "passed"]
    failing.sort(
        key=lambda check: (check["severity"] != "error", check["outcome"] == "failed", check["name"])
    )
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
        {key: verdict[key] for key in ("build_id", "as_of", "known_at", "created_at", "git_revision")},
        is_publishable=verdict["is_publishable"],
        reasons=verdict["blocking_reasons"],
        counts=counts(verdict),
        failing=failing,
        tables=tables,
        shares=shares,
        slowest=sorted(seconds.items(), key=lambda item: -item[1])[:_SLOWEST],
    )


def _verdicts_before(settings: Settings, build_id: str) -> list[dict[str, Any]]:
    ids = [each for each in builds.build_ids(settings) if each != build_id][-_TREND_BUILDS:]
    paths = [builds.build_dir(settings, each) / builds.VERDICT for each in ids]
    return [builds.read_json(path) for path in paths if path.exists()]


def _seconds(folder: Path) -> dict[str, float]:
    """Seconds of each dbt node of the build; empty where dbt left no results."""
    try:
        results = json.loads((folder / "run_results.json").read_text(encoding="utf-8"))["results"]
    except (FileNotFoundError, ValueError, KeyError):
        return {}
    return {item["unique_id"].split(".", 2)[-1]: float(item.get("execution_time") or 0) for item in results}


def _line(values: Sequence[float]) -> str:
    """A small line of values over builds as SVG; a word where there is only one."""
    if len(values) < 2:
        return "first build"
    low, high = min(values), max(values)
    scale = (_HEIGHT - 4) / (high - low) if high > low else 0
    step = _WIDTH / (len(values) - 1)
    points = " ".join(
        f"{i * step:.1f},{_HEIGHT - 2 - (value - low) * scale:.1f}" for i, value in enumerate(values)
    )
    label = f"{values[0]:,g} to {values[-1]:,g}, between {low:,g} and {high:,g}"
    return Markup(
        '<svg width="{w}" height="{h}" role="img" aria-label="{label}"><title>{label}</title>'
        '<polyline points="{points}"/></svg>'
    ).format(w=_WIDTH, h=_HEIGHT, label=label, points=points)
