"""How far the verdicts agree with what people wrote about their leads in a real CRM.

The export (shared/data/marketstar_b2b) has no name, address, number or company of anybody, and no touches:
of the fake rules only the one on titles can say anything, of the stale rules those on age and owner.
People's dispositions are no truth about a lead, only the best that there is.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from evaluation.inputs import SHARED
from evaluation.judgements import build
from evaluation.report import Section, percent
from orchestration.settings import PROJECT_ROOT

EXPORT = SHARED / "marketstar_b2b"
SOURCES = PROJECT_ROOT / "tests" / "fixtures" / "marketstar_b2b.yaml"
AS_OF = "2022-09-29"  # the export's last day
_DISPOSITIONS = {
    "abandoned": "disqualified_reason = 'Abandoned'",
    "open, nobody owns it": "status_group = 'open' and owner_id is null",
    "being worked": "status_group = 'working'",
    "disqualified: bad e-mail": "disqualified_reason = 'Bad Email'",
    "disqualified: wrong contact": "disqualified_reason = 'Wrong Contact'",
    "disqualified: other reasons":
        "status_group = 'disqualified' and disqualified_reason not in ('Bad Email', 'Wrong Contact')",
    "qualified": "status_group = 'converted'",
}  # fmt: skip


@dataclass(frozen=True)
class Disposition:
    """Leads that people disposed of in one way: how many, and how many of them the rules call stale, old
    (`past_good_through`), fake or suspect, and titled with a placeholder."""

    name: str
    leads: int
    stale: int
    old: int
    suspect: int
    placeholders: int


def read(home: Path) -> list[Disposition]:
    """What the rules say of the export, built into `home` unless it is there; empty without the export."""
    if not EXPORT.exists():
        return []
    if not (home / "published" / "current.duckdb").exists():
        build(home, SOURCES, AS_OF)
    found = []
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        for name, condition in _DISPOSITIONS.items():
            row = connection.execute(f"""
                select count(*), count(*) filter (is_stale), count(old.lead_id),
                    count(*) filter (verdict in ('fake', 'suspect')), count(titled.lead_id)
                from fct_leads
                left join (select lead_id from fct_lead_flags where flag = 'past_good_through') as old
                    using (lead_id)
                left join (select lead_id from fct_lead_flags where flag = 'title_placeholder') as titled
                    using (lead_id)
                where {condition}""").fetchone()
            found.append(Disposition(name, *(row or (0,) * 5)))
    return found


def section(found: list[Disposition]) -> Section:
    """Each disposition with the share of its leads that the rules flag."""
    part = Section(
        "People's own dispositions",
        "marketstar_b2b: a real, de-identified CRM of lead generation, without names, addresses, numbers, "
        "companies or touches. No labels: what people wrote about their leads.",
        ("disposition", "leads", "is_stale", "`past_good_through`", "fake or suspect", "`title_placeholder`"),
    )
    if not found:
        part.remarks.append("absent here, not measured")
        return part
    for item in found:
        counts = (item.stale, item.old, item.suspect, item.placeholders)
        shares = (percent(count / item.leads if item.leads else None) for count in counts)
        part.rows.append((item.name, f"{item.leads:,}", *shares))
    bad = [item for item in found if item.name.startswith("disqualified: ")]
    part.remarks += [
        f"of {sum(item.leads for item in bad):,} disqualified leads {sum(item.suspect for item in bad):,} "
        "look fake to the rules: without contact text they have nothing to go by",
        "closed leads are not stale, whatever their age: by design",
    ]
    return part
