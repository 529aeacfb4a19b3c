"""The weekly page of a manager: what `rpt_rep_brief` found about each of their reps.

Belongs here: text from the served tables, and sending it. What is a finding is decided in the marts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.notify import send
from orchestration.lib.publisher import open_published
from orchestration.settings import DIGEST_URLS, Settings

FOLDER = "digests"
NO_MANAGER = "no_manager"

_LINES = """
    select
        coalesce(reps.manager_id, $none) as manager_id,
        coalesce(managers.rep_name, reps.manager_id, 'Reps without a manager') as manager_name,
        reps.rep_name,
        reps.rep_id,
        brief.severity,
        brief.evidence,
        brief.amount_at_stake
    from main.dim_reps as reps
    left join main.dim_reps as managers on managers.rep_id = reps.manager_id
    left join main.rpt_rep_brief as brief on brief.rep_id = reps.rep_id
    where (brief.rep_id is not null or reps.is_active)
        and ($manager is null or reps.manager_id = $manager)
    order by manager_name, manager_id, reps.rep_name, reps.rep_id, brief.position
"""


@dataclass(frozen=True)
class Digest:
    """One manager's page. `manager_id` is `no_manager` for reps that have none."""

    manager_id: str
    title: str
    markdown: str
    build_id: str


def make_digests(settings: Settings, manager_id: str | None = None) -> list[Digest]:
    """A page per manager (or for one) from what is served, the managers by name.

    Reps with findings come by name, each finding in the order of the brief; active reps without any are
    named at the end. Raises PipelineError where nothing is served or the manager has no reps.
    """
    with open_published(settings) as connection:
        build_id, as_of = connection.execute("select build_id, as_of from main.meta_build").fetchall()[0]
        rows = connection.execute(_LINES, {"none": NO_MANAGER, "manager": manager_id}).fetchall()
    if manager_id is not None and not rows:
        raise PipelineError(
            f"No rep has the manager {manager_id}.", "Take a rep_id from dim_reps.manager_id."
        )
    currency, zone = _reporting(settings, build_id)
    day = as_of.replace(tzinfo=UTC).astimezone(zone).date()
    digests = []
    for (key, name), lines in groupby(rows, lambda row: (row[0], row[1])):
        title = f"Pipeline Truth for {_plain(name)}, as of {day}"
        digests.append(Digest(key, title, _page(title, list(lines), currency), build_id))
    return digests


def write_digests(settings: Settings, digests: Sequence[Digest]) -> list[Path]:
    """`$PIPELINE_HOME/digests/<build>/<manager>.md`; the same build gives the same files."""
    paths = []
    for digest in digests:
        name = re.sub(r"[^\w-]", "_", digest.manager_id)
        path = settings.home / FOLDER / digest.build_id / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(digest.markdown, encoding="utf-8")
        paths.append(path)
    return paths


def send_digests(settings: Settings, digests: Sequence[Digest]) -> None:
    """One message per manager to the addresses of `PIPELINE_DIGEST_URLS`, in which `{manager_id}` stands
    for the manager. Raises PipelineError naming the managers whose page nobody took."""
    addresses = settings.secret(DIGEST_URLS)
    untold = [
        digest.manager_id
        for digest in digests
        if not send(
            addresses.replace("{manager_id}", digest.manager_id),
            digest.title,
            digest.markdown.split("\n", 2)[2],  # the title stands above it already
            variable=DIGEST_URLS,
        )
    ]
    if untold:
        raise PipelineError(
            f"Nobody took the page of {', '.join(untold)}.",
            f"Check {DIGEST_URLS}; the pages lie under {settings.home / FOLDER}.",
        )


def _page(title: str, lines: Sequence[tuple[object, ...]], currency: str) -> str:
    parts = [f"# {title}", ""]
    quiet = []
    for (rep_name, _), findings in groupby(lines, lambda line: (line[2], line[3])):
        found = [line for line in findings if line[5] is not None]
        if not found:
            quiet.append(_plain(rep_name))
            continue
        parts += [f"## {_plain(rep_name)}", ""]
        parts += [_finding(severity, evidence, amount, currency) for *_, severity, evidence, amount in found]
        parts.append("")
    if quiet:
        parts += [f"Nothing found: {', '.join(quiet)}.", ""]
    parts += ["Amounts of different findings overlap and are not to be added.", ""]
    return "\n".join(parts)


def _finding(severity: object, evidence: object, amount: Any, currency: str) -> str:
    mark = "**critical** " if severity == "critical" else ""
    stake = f" At stake: {amount:,.0f} {currency}".rstrip() + "." if amount is not None else ""
    return f"- {mark}{_plain(evidence)}.{stake}"


def _plain(text: object) -> str:
    """A text of the CRM as it reads, on one line: no Markdown of somebody else's making."""
    return re.sub(r"([*_`\[\]<>#|])", r"\\\1", " ".join(str(text).split()))


def _reporting(settings: Settings, build_id: str) -> tuple[str, ZoneInfo]:
    """Currency and time zone of a build's figures; no currency and UTC where its manifest is gone."""
    try:
        reporting = builds.read_manifest(settings, build_id)["reporting"]
        return str(reporting["currency"]), ZoneInfo(reporting["time_zone"])
    except (PipelineError, KeyError):
        return "", ZoneInfo("UTC")
