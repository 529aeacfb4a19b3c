"""Twenty queries as dashboards send them: twelve of docs/questions, eight that open a record or a trend.

Belongs here: the queries and the values that fill them. Timing them is `bi_reads`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.lib.questions import all_questions

SHOWN_ROWS = 2000  # what Metabase asks for when nobody says otherwise
_QUESTIONS = (1, 2, 3, 4, 6, 8, 9, 11, 12, 13, 15, 16)
_SUBJECTS = 50  # reps, deals and leads that are asked for by turns
_OPENED = {
    "touches of a rep by week": """
        select date_trunc('week', occurred_at) as week_start, kind, count(*) as touch_count
        from fct_activities where rep_id = $rep and is_touch and occurred_at > as_of - interval 90 day
        group by all order by week_start, kind""",
    "touches of all by month": """
        select date_trunc('month', occurred_at) as month_start, kind, direction, count(*) as touch_count
        from fct_activities where is_touch group by all order by month_start, kind, direction""",
    "pipeline of a rep over a year": """
        select snapshot_date, sum(amount) as amount, sum(weighted_amount) as weighted_amount
        from fct_pipeline_daily
        where owner_id = $rep and is_eligible and snapshot_date > cast(as_of as date) - 365
        group by snapshot_date order by snapshot_date""",
    "pipeline of a day by stage": """
        select stage, count(*) as deal_count, sum(amount) as amount from fct_pipeline_daily
        where snapshot_date = (select max(snapshot_date) - 30 from fct_pipeline_daily) and outcome = 'open'
        group by stage order by amount desc nulls last""",
    "history of a deal": """
        select * from fct_opportunity_versions where opportunity_id = $deal order by valid_from""",
    "meetings of a rep in a quarter": """
        select occurrence_start_at, category, attendance, duration_minutes, opportunity_id
        from fct_calendar_events where rep_id = $rep and occurrence_start_at > as_of - interval 90 day
        order by occurrence_start_at desc""",
    "leads by source and verdict": """
        select lead_source, verdict, count(*) as lead_count, count(*) filter (where is_stale) as stale_count
        from fct_leads group by all order by lead_count desc, lead_source, verdict""",
    "flags of a lead": """
        select * from fct_lead_flags where lead_id = $lead""",
}


@dataclass(frozen=True)
class Query:
    """One query; `parameters`: which of rep, deal and lead fill it."""

    name: str
    sql: str
    parameters: tuple[str, ...]


def all_queries() -> list[Query]:
    """The twenty, each limited to the rows that a tool shows."""
    asked = {
        question.path.stem: question.body.rstrip(";")
        for question in all_questions()
        if question.number in _QUESTIONS
    }
    return [
        Query(
            name,
            f"select * from ({sql}) limit {SHOWN_ROWS}",
            tuple(subject for subject in ("rep", "deal", "lead") if f"${subject}" in sql),
        )
        for name, sql in (asked | _OPENED).items()
    ]


def subjects(connection: duckdb.DuckDBPyConnection) -> dict[str, Sequence[str]]:
    """Ids to ask for, spread over all: `rep`, `deal` and `lead`, at most 50 of each."""
    tables = {
        "rep": ("fct_opportunities", "owner_id"),
        "deal": ("fct_opportunities", "opportunity_id"),
        "lead": ("fct_lead_flags", "lead_id"),
    }
    return {
        subject: [
            row[0]
            for row in connection.execute(
                f"select distinct {column} from {table} where {column} is not null"
                f" order by hash({column}) limit {_SUBJECTS}"
            ).fetchall()
        ]
        for subject, (table, column) in tables.items()
    }
