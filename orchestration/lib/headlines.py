"""What matters in a mart at a glance: a few numbers that the UI plots over builds, and a small table.

Belongs here: which numbers, as data, and reading them from the warehouse. Names of people are not in them
but for our own reps: what is shown stays in Dagster's event log.
"""

from decimal import Decimal
from typing import Any

import duckdb

from orchestration.lib.questions import Question

_ROWS = 10
# Texts that are a code or a rep; what somebody typed into the CRM is not shown.
_TEXTS = frozenset(
    {
        "rep_name",
        "manager_name",
        "fiscal_quarter",
        "category",
        "cause",
        "person_type",
        "flag",
        "fit",
        "segment",
    }
    | {"basis", "cycle_basis", "lead_source", "reasons", "outcome", "created_by"}
)
NUMBERS = {
    "rpt_lead_quality": """
        select
            count(*) filter (where verdict = 'trusted') / nullif(count(*), 0) as trusted_share,
            count(*) filter (where verdict = 'fake') / nullif(count(*), 0) as fake_share,
            count(*) filter (where verdict = 'suspect') / nullif(count(*), 0) as suspect_share,
            count(*) filter (where verdict = 'duplicate') / nullif(count(*), 0) as duplicate_share,
            count(*) filter (where is_stale) / nullif(count(is_stale), 0) as stale_share
        from main.rpt_lead_quality""",
    "rpt_rotten_pipeline": """
        select
            sum(rotten_amount) / nullif(sum(evaluated_amount), 0) as rotten_share,
            sum(rotten_count) as rotten_count, sum(open_amount) as open_amount
        from main.rpt_rotten_pipeline""",
    "rpt_prospecting_time": """
        select
            sum(blocks_reserved) as blocks_reserved, sum(blocks_used) as blocks_used,
            sum(blocks_used) / nullif(sum(blocks_reserved), 0) as block_use_rate,
            quantile_cont(claim_gap, 0.5) as p50_claim_gap
        from main.rpt_prospecting_time""",
    "rpt_lead_followup": """
        select
            count(*) filter (where is_token_effort) / nullif(count(is_token_effort), 0) as token_effort_share,
            count(*) filter (where is_recontact_overdue) as recontact_overdue_count
        from main.rpt_lead_followup""",
    "rpt_commitments": """
        select
            sum(broken_count) as broken_count,
            sum(kept_on_time_count + kept_late_count)
            / nullif(sum(kept_on_time_count + kept_late_count + broken_count), 0) as kept_rate
        from main.rpt_commitments""",
    "rpt_outcomes": """
        select
            sum(won_count) / nullif(sum(closed_count), 0) as win_rate,
            sum(no_decision_count) / nullif(sum(closed_count), 0) as no_decision_rate
        from main.rpt_outcomes
        where opportunity_type <> 'renewal'""",
    "rpt_cliff": """
        select count(*) filter (where cliff_week is not null) as reps_with_a_cliff
        from main.rpt_cliff
        where week_ahead = 0""",
    "rpt_fake_sales": "select count(distinct opportunity_id) as fake_sale_count from main.rpt_fake_sales",
    "rpt_fodder_scores": """
        select count(*) filter (where is_fodder_like) / nullif(count(fodder_score), 0) as fodder_share
        from main.rpt_fodder_scores""",
}


def numbers(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, float]:
    """Numbers of a mart by name; those that are not known are left out."""
    cursor = connection.execute(NUMBERS[table])
    names, row = [column[0] for column in cursor.description], cursor.fetchone()
    return {name: float(value) for name, value in zip(names, row or (), strict=True) if value is not None}


def first_rows(
    connection: duckdb.DuckDBPyConnection, question: Question
) -> tuple[list[str], list[list[str]]]:
    """Columns and first rows of the answer to an example query, as text."""
    answer = connection.sql(question.body)
    shown = [
        position
        for position, (name, kind) in enumerate(zip(answer.columns, answer.types, strict=True))
        if name in _TEXTS or str(kind) != "VARCHAR"
    ]
    rows = [[_text(row[position]) for position in shown] for row in answer.fetchmany(_ROWS)]
    return [answer.columns[position] for position in shown], rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:,.3g}" if isinstance(value, float) else str(value)
