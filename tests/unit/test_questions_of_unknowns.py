"""The example queries where something was never landed: unknown stays null, and nobody is left out."""

from typing import Any

import duckdb
import pytest

from orchestration.lib.questions import all_questions

SQL = {question.number: question.sql for question in all_questions()}
REPS = "create table dim_reps as select 'ann' as rep_id, 'Ann' as rep_name"


def rows(number: int, *tables: str) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        for table in (REPS, *tables):
            connection.execute(table)
        cursor = connection.execute(SQL[number])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def followup(*leads: str) -> str:
    return f"""
        create table rpt_lead_followup as
        select 'ann' as owner_id, 'trusted' as verdict, null::bigint as touches, null::bigint as channels,
            null::bigint as span_days, null::bigint as max_gap_days, * from (values {", ".join(leads)})
            as leads (is_token_effort, later_outcome, is_recontact_overdue)
    """


def test_the_rotten_deals_of_nobody_have_their_reasons() -> None:
    (row,) = rows(
        2,
        "create table rpt_rotten_pipeline as select null::varchar as rep_id, 2 as open_count,"
        " 1 as rotten_count, 30.0 as evaluated_amount, 10.0 as rotten_amount",
        "create table fct_deal_flags as select null::varchar as owner_id, 'stalled' as flag,"
        " true as is_rotten",
        "create table fct_leads as select null::varchar as owner_id, true as is_stale",
    )
    assert (row["rep_id"], row["reasons"], row["stale_lead_count"]) == (None, "stalled", 1)


@pytest.mark.parametrize(
    ("leads", "count", "share", "later"),
    [
        (["(null::boolean, 'none', null::boolean)"], None, None, None),
        (["(true, 'won', true)", "(false, 'none', false)", "(null, 'none', null)"], 1, 0.5, 1),
        (["(false, 'none', false)"], 0, 0, 0),
    ],
)
def test_efforts_that_nobody_knows_are_not_none(
    leads: list[str], count: int | None, share: float | None, later: int | None
) -> None:
    (row,) = rows(6, followup(*leads))
    assert row["good_lead_count"] == len(leads)
    found = (row["token_effort_count"], row["token_effort_share"], row["won_by_others_count"])
    assert found == (count, share, later)


@pytest.mark.parametrize(("overdue", "count"), [("null::boolean", None), ("true", 1), ("false", 0)])
def test_dates_that_nobody_knows_have_not_passed_in_zero_cases(overdue: str, count: int | None) -> None:
    (row,) = rows(
        7,
        followup(f"(false, 'none', {overdue})"),
        "create table rpt_sales_cycle as select 'ann' as rep_id, 45 as claimed_days,"
        " 60.0 as measured_cycle_days, 'rep' as cycle_basis, 5 as n",
    )
    assert row["recontact_overdue_count"] == count


@pytest.mark.parametrize(("said", "count"), [("null::boolean", None), ("false", 1), ("true", 0)])
def test_what_no_calendar_or_mail_says_is_not_counted(said: str, count: int | None) -> None:
    (promises,) = rows(
        5,
        f"create table fct_commitments as select 'ann' as rep_id, {said} as is_scheduled",
        "create table rpt_prospecting_time as select 'ann' as rep_id, 3 as blocks_reserved, 3 as blocks_used,"
        " 1.0 as block_use_rate",
    )
    assert (promises["promised_count"], promises["without_slot_count"]) == (1, count)
    (meetings,) = rows(
        22,
        f"create table rpt_meeting_followup as select 'ann' as rep_id, true as is_first_meeting,"
        f" {said} as is_followed_up_24h, {said} as is_followed_up_48h, {said} as has_next_step,"
        f" {said} as has_agenda",
    )
    names = ("not_in_24h_count", "not_in_48h_count", "without_next_step_count", "without_agenda_count")
    assert [meetings[name] for name in names] == [count] * 4
