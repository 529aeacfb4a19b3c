"""What is wrong with the pipeline right now, from its ledgers: one trouble per thing to look at.

Belongs here: when something is a trouble, and its words. Telling each once is `alerts`. No message holds
a person, a value of a record or a secret: names of sources, tables, checks and counts only.
"""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.lib import builds
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry

# A jump: well above what the source's last publications had. Five points, so that a clean source with a
# handful of fake leads is no news; half as much again, so that the usual ups and downs of a bad one are not.
JUMP_POINTS = 0.05
JUMP_FACTOR = 1.5
COMPARED_WITH = 10  # publications: as many as the gate asks for before it trusts their median
_SHOWN = 5


@dataclass(frozen=True)
class Trouble:
    """`key` stays the same as long as it is the same trouble; `limit`: what a measure must come back
    under, kept from the moment the trouble began."""

    key: str
    title: str
    text: str
    limit: float | None = None


def troubles_now(
    settings: Settings, entries: Sequence[SourceEntry], now: datetime, limits: Mapping[str, float]
) -> list[Trouble]:
    """Gate blocked, sources stale, fake shares jumped, served build too old. `limits`: of troubles that
    are known already, so that a jump does not become the measure of itself."""
    moment = now.astimezone(UTC).replace(tzinfo=None)
    published = _publications(settings)
    verdict = _latest_verdict(settings)
    return [
        *_gate_blocked(verdict),
        *_stale_sources(settings, entries, moment),
        *_fake_share_jumps(verdict, published, limits),
        *_old_build(settings, published, moment),
    ]


def _gate_blocked(verdict: Mapping[str, Any] | None) -> Iterator[Trouble]:
    if verdict is None or verdict["is_publishable"]:
        return
    failed = [
        f"{check['name']}: {check['reason']}"
        if check["outcome"] == "failed"
        else f"{check['name']}: could not be evaluated"
        for check in verdict["checks"]
        if check["outcome"] not in ("passed", "failed")
        or (check["outcome"] == "failed" and check["severity"] == "error")
    ]
    reasons = [*verdict["problems"], *failed]
    more = [f"and {len(reasons) - _SHOWN} more"] if len(reasons) > _SHOWN else []
    lines = "\n".join(f"- {reason}" for reason in [*reasons[:_SHOWN], *more])
    yield Trouble(
        "gate_blocked",
        "the gate blocked a build",
        f"Build {verdict['build_id']} is not published; what was served before still is.\n{lines}\n"
        f"Everything about it: builds/{verdict['build_id']}/report.html",
    )


def _stale_sources(settings: Settings, entries: Sequence[SourceEntry], now: datetime) -> Iterator[Trouble]:
    for entry in entries:
        if entry.max_staleness_days is None:
            continue
        ingests = completed_ingests(settings, entry.name)
        last = datetime.fromisoformat(ingests[-1]["finished_at"]) if ingests else None
        if last is None or now - last > timedelta(days=entry.max_staleness_days):
            age = f"last complete load {last:%Y-%m-%d %H:%M} UTC" if last else "it has never been landed"
            yield Trouble(
                f"source_stale:{entry.name}",
                f"source {entry.name} is stale",
                f"Source {entry.name}: {age}; allowed are {entry.max_staleness_days:g} days. Land it anew;"
                " no build is published until then.",
            )


def _fake_share_jumps(
    verdict: Mapping[str, Any] | None, published: Sequence[Mapping[str, Any]], limits: Mapping[str, float]
) -> Iterator[Trouble]:
    if verdict is None:
        return
    earlier = [record for record in published if record["build_id"] != verdict["build_id"]][-COMPARED_WITH:]
    for source, share in sorted(verdict["fake_shares"].items()):
        key = f"fake_share:{source}"
        usual = [record["fake_shares"][source] for record in earlier if source in record["fake_shares"]]
        if key in limits:
            limit = limits[key]
        elif usual:
            median = statistics.median(usual)
            limit = max(median + JUMP_POINTS, median * JUMP_FACTOR)
        else:
            continue
        if share > limit:
            yield Trouble(
                key,
                f"share of fake leads jumped in source {source}",
                f"{share:.1%} of the leads of source {source} look fake or suspect in build"
                f" {verdict['build_id']}; up to {limit:.1%} would be usual. See rpt_lead_source_quality.",
                limit,
            )


def _old_build(
    settings: Settings, published: Sequence[Mapping[str, Any]], now: datetime
) -> Iterator[Trouble]:
    if not published:
        return
    last = builds.good_until(settings, published[-1])
    hours = settings.max_build_age_hours
    if now - last > timedelta(hours=hours):
        yield Trouble(
            "build_old",
            "the last good build is old",
            f"The last build that was published is of {last:%Y-%m-%d %H:%M} UTC, more than {hours:g} hours"
            " ago. Is the daemon running, and is build_daily switched on?",
        )


def _latest_verdict(settings: Settings) -> dict[str, Any] | None:
    """Of the build judged last; the names of builds begin with their moment."""
    paths = sorted(settings.builds.glob(f"*/{builds.VERDICT}"))
    return builds.read_json(paths[-1]) if paths else None


def _publications(settings: Settings) -> list[dict[str, Any]]:
    """The last publications that were not rolled back, oldest first; not all of years."""
    standing = [
        path
        for path in sorted(settings.builds.glob(f"*/{builds.PUBLISHED}"))
        if not (path.parent / builds.ROLLED_BACK).exists()
    ][-COMPARED_WITH - 1 :]
    return [_document(path) for path in standing]


def _document(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
