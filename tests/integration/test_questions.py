"""The example queries of docs/questions, each on the generated organisation.

Where its answer file speaks, the query must say what that says; elsewhere a second road to the same figure,
through the facts, must lead to it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from orchestration.lib.questions import Question, all_questions
from orchestration.sources.demo import DemoOptions, answers
from tests.conftest import DEMO_SCALE, Ran

Row = dict[str, Any]
NEW_BUSINESS = "opportunity_type in ('new', 'expansion')"
QUESTIONS = {question.number: question for question in all_questions()}


class Marts:
    """The published file, opened as an analyst would, beside the truth about who is who."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
        self.connection = connection
        self.truth = truth

    def ask(self, number: int) -> list[Row]:
        """Rows of the example query of that number."""
        return self.rows(QUESTIONS[number].sql)

    def rows(self, sql: str) -> list[Row]:
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str) -> Any:
        """The only value of a query."""
        ((value,),) = self.connection.execute(sql).fetchall()
        return value

    def known(self, record: str, *behaviours: str) -> set[str]:
        """Ids of those who behave so, according to the answer file."""
        entries = self.truth[record].items()
        return {f"demo:{key}" for key, entry in entries if set(behaviours) & set(entry["behaviours"])}


@pytest.fixture(scope="module")
def marts(demo_run: tuple[Path, Ran]) -> Iterator[Marts]:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    options = {"enable_external_access": "false", "lock_configuration": "true"}
    path = str(home / "published" / "current.duckdb")
    with duckdb.connect(path, read_only=True, config=options) as connection:
        yield Marts(connection, answers(DemoOptions(scale=DEMO_SCALE)))


def total(rows: list[Row], column: str) -> Any:
    return sum(row[column] for row in rows if row[column] is not None)


def ids(rows: list[Row], column: str = "rep_id") -> set[str]:
    return {row[column] for row in rows}


def test_there_is_a_question_for_every_complaint() -> None:
    assert sorted(QUESTIONS) == list(range(1, 26))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.path.stem)
def test_a_question_names_its_tables_and_has_an_answer(marts: Marts, question: Question) -> None:
    published = {row["table_name"] for row in marts.rows("select table_name from duckdb_tables()")}
    used = {table for table in published if re.search(rf"\b{table}\b", question.body)}
    assert set(question.tables) == used
    assert question.title.endswith("?")
    rows = marts.ask(question.number)
    assert rows
    assert rows == marts.ask(question.number)  # in one order, so that two people read the same


def test_01_what_was_created_is_what_the_deals_say(marts: Marts) -> None:
    rows = marts.ask(1)
    assert len({row["fiscal_quarter"] for row in rows}) == 1
    created = marts.rows(f"""
        select owner_id, count(*) as n from fct_opportunities
        where {NEW_BUSINESS} and created_date >= (select max(week_start) from rpt_attention) - 12 * 7
        group by owner_id""")
    expected = {row["owner_id"]: row["n"] for row in created}
    assert {row["rep_id"]: row["created_13w_count"] for row in rows} == {
        row["rep_id"]: expected.get(row["rep_id"], 0) for row in rows
    }
    assert rows[0]["rep_id"] in marts.known("reps", "cliff")
    assert marts.known("reps", "idle_prospecting_blocks") == {
        row["rep_id"]
        for row in rows
        if row["prospecting_scheduled_share"] > 0.2 > 4 * row["prospecting_done_share"]
    }


def test_02_the_rotten_pipeline(marts: Marts) -> None:
    rows = marts.ask(2)
    assert ids([row for row in rows if (row["rotten_share"] or 0) >= 0.5]) == marts.known(
        "reps", "rotten_pipeline"
    )
    assert all(row["reasons"] for row in rows if row["rotten_count"])
    rotten = "select count(*) from fct_opportunities where outcome = 'open' and is_rotten"
    assert total(rows, "rotten_count") == marts.one(rotten)


def test_03_fake_sales(marts: Marts) -> None:
    rows = marts.ask(3)
    labels = ("fake_sale_giveaway", "fake_sale_unpaid", "fake_sale_no_amount")
    assert ids(rows, "opportunity_id") == marts.known("deals", *labels)
    assert ids(rows, "owner_id") == marts.known("reps", "fake_sale")


def test_04_prospecting_claimed_and_not_done(marts: Marts) -> None:
    gaps = [row for row in marts.ask(4) if row["claim_gap"] >= 0.1]
    assert ids(gaps) == marts.known("reps", "idle_prospecting_blocks")


def test_05_blocks_reserved_and_not_used(marts: Marts) -> None:
    rows = marts.ask(5)
    idle = ids([row for row in rows if row["are_blocks_idle"]])
    assert idle == marts.known("reps", "idle_prospecting_blocks")
    (diligent,) = marts.known("reps", "diligent")
    assert [row["block_use_rate"] for row in rows if row["rep_id"] == diligent] == [1.0]
    assert all(row["without_slot_count"] <= row["promised_count"] for row in rows if row["promised_count"])


def test_06_token_effort(marts: Marts) -> None:
    rows = marts.ask(6)
    token = ids([row for row in rows if row["token_effort_share"] >= 0.5])
    assert token == marts.known("reps", "token_effort")
    won_later = len(marts.known("deals", "won_after_token_effort"))
    assert total([row for row in rows if row["rep_id"] in token], "won_by_others_count") == won_later


def test_07_cycles_and_dates_that_passed(marts: Marts) -> None:
    rows = marts.ask(7)
    overdue = [row for row in rows if row["recontact_overdue_count"]]
    assert ids(overdue) == marts.known("reps", "recontact_ignored")
    labelled = [entry for entry in marts.truth["leads"].values() if "recontact_overdue" in entry["kinds"]]
    assert total(overdue, "recontact_overdue_count") == len(labelled)
    assert all(row["claimed_to_measured_ratio"] < 1 for row in rows)


def test_08_the_distribution_is_that_of_the_won_deals(marts: Marts) -> None:
    rows = marts.ask(8)
    everybody, *each = rows
    days = marts.rows(f"""
        select closed_date - created_date as days, amount from fct_opportunities
        where outcome = 'won' and {NEW_BUSINESS} and closed_at > as_of - interval 24 month""")
    assert everybody["rep_name"] == "everybody"
    assert everybody["won_count"] == total(each, "won_count") == len(days)
    for share in (25, 50, 75, 90):
        expected = np.quantile([row["days"] for row in days], share / 100)
        assert everybody[f"p{share}_cycle_days"] == pytest.approx(expected)
        amount = np.quantile([float(row["amount"]) for row in days], share / 100)
        assert float(everybody[f"p{share}_amount"]) == pytest.approx(amount, abs=0.01)
    assert all(row["p50_cycle_days"] is None for row in each if row["cycle_n"] < 5)


def test_09_promises_add_up_to_the_commitments(marts: Marts) -> None:
    rows = marts.ask(9)
    states = marts.rows("select state, count(*) as n from fct_commitments group by state")
    for state, n in ((row["state"], row["n"]) for row in states):
        assert total(rows, f"{state}_count") == n
    assert total(rows, "promised_count") == sum(row["n"] for row in states)
    assert rows[0]["broken_share"] > 0.2


def test_10_column_fodder(marts: Marts) -> None:
    rows = marts.ask(10)
    labelled = marts.known("deals", "column_fodder")
    assert ids(rows, "opportunity_id") <= labelled
    assert len(rows) >= 0.8 * len(labelled)
    assert ids(rows, "owner_id") == marts.known("reps", "column_fodder")


def test_11_quarters_add_up_and_managers_review(marts: Marts) -> None:
    rows = marts.ask(11)
    for outcome in ("won", "lost", "no_decision"):
        deals = f"select count(*) from fct_opportunities where outcome = '{outcome}' and {NEW_BUSINESS}"
        assert total(rows, f"{outcome}_count") == marts.one(deals)
    managers = {entry["name"] for entry in marts.truth["managers"].values()}
    assert {name for row in rows if row["reviewers"] for name in row["reviewers"].split(", ")} <= managers
    assert total(rows, "losses_to_review_count") > 0


def test_12_who_did_not_decide_is_on_the_list(marts: Marts) -> None:
    listed = ids(marts.ask(12), "opportunity_id")
    ended = marts.rows("""select opportunity_id from fct_opportunities
                          where outcome = 'no_decision' and closed_at > as_of - interval 12 month""")
    called = marts.rows("select opportunity_id from rpt_recycle where is_recontacted")
    assert listed == ids(ended, "opportunity_id") - ids(called, "opportunity_id")
    truth = {f"demo:{key}": entry["outcome"] for key, entry in marts.truth["deals"].items()}
    assert {truth[deal] for deal in listed & set(truth)} == {"no_decision"}


def test_13_shares_of_the_working_time_sum_to_one(marts: Marts) -> None:
    rows = marts.ask(13)
    for rep in ids(rows):
        shares = [row["share"] for row in rows if row["rep_id"] == rep]
        assert sum(shares) == pytest.approx(1, abs=0.01)
    prospecting = {row["rep_id"]: row["share"] for row in rows if row["category"] == "prospecting"}
    (diligent,) = marts.known("reps", "diligent")
    assert prospecting[diligent] > np.median(list(prospecting.values()))


def test_14_new_revenue_against_attrition(marts: Marts) -> None:
    rows = marts.ask(14)
    assert len(rows) == len({row["month_start"] for row in rows}) == rows[0]["history_months"]
    for row in rows:
        assert row["margin_amount"] == row["new_amount"] - row["lost_customer_amount"]
        largest = row["largest_customer_amount"]
        assert row["is_one_client_away"] == (largest is not None and row["margin_amount"] < largest)


def test_15_tunnel_vision_and_the_cliff(marts: Marts) -> None:
    rows = marts.ask(15)
    tunnels = [row for row in rows if row["tunnel_weeks"]]
    assert ids(tunnels) == marts.known("reps", "tunnel_vision")
    assert ids(tunnels, "top_opportunity_id") == marts.known("deals", "tunnel_vision_big_deal")
    assert ids([row for row in rows if row["cliff_week"] == 0]) == marts.known("reps", "cliff")


def test_16_one_manager_coaches(marts: Marts) -> None:
    rows = marts.ask(16)
    coaching = {row["manager_id"] for row in rows if row["one_to_one_hours_per_month"] >= 1}
    assert coaching == marts.known("managers", "coaches")
    reviewing = {row["manager_id"] for row in rows if row["deals_reviewed_count"]}
    assert reviewing == marts.known("managers", "coaches")
    assert ids(rows) == {f"demo:{rep}" for rep in marts.truth["reps"]}


def test_17_every_open_deal_is_in_one_cell(marts: Marts) -> None:
    rows = marts.ask(17)
    deals = f"select count(*) from fct_opportunities where outcome = 'open' and {NEW_BUSINESS}"
    assert total(rows, "open_count") == marts.one(deals)
    assert sum(row["open_share"] or 0 for row in rows) == pytest.approx(1, abs=0.01 * len(rows))
    for row in rows:
        assert (row["fit"] == "sweet") == (row["n"] >= 20 and row["win_rate_low"] > row["other_win_rate"])


def test_18_key_accounts_from_habit(marts: Marts) -> None:
    rows = marts.ask(18)
    habit = ids([row for row in rows if row["is_key_from_habit"]], "account_id")
    assert habit == marts.known("accounts", "key_account_from_habit")
    assert ids(rows, "account_id") == marts.known("accounts", "key_account", "key_account_from_habit")


def test_19_the_thirds_of_the_funnel(marts: Marts) -> None:
    rows = [row for row in marts.ask(19) if row["open_amount"]]
    for row in rows:
        thirds = row["top_share"] + row["middle_share"] + row["bottom_share"]
        assert thirds == pytest.approx(1, abs=0.002)
        gap = row["bottom_share"] - row["own_bottom_baseline"]
        assert row["is_bottom_heavy"] == (row["bottom_share"] >= 0.5 and gap >= 0.15)
    assert total(rows, "open_amount") == marts.one(
        "select sum(amount) from fct_opportunities where outcome = 'open' and stage_order is not null"
    )


def test_20_moves_are_those_of_the_stage_visits(marts: Marts) -> None:
    rows = marts.ask(20)
    for kind in ("skipped", "regressed"):
        moves = f"select count(*) from fct_stage_visits where exit_kind = '{kind}'"
        assert total(rows, f"{kind}_count") == marts.one(moves)
    moved = "select count(*) from fct_stage_visits where exit_kind in ('advanced', 'skipped', 'regressed')"
    assert total(rows, "moved_count") == marts.one(moved)


def test_21_causes_of_silence(marts: Marts) -> None:
    rows = marts.ask(21)
    assert total(rows, "person_count") == marts.one("select count(*) from rpt_unreachable")
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=0.01)
    bad = marts.rows(
        "select lead_id from rpt_unreachable where cause = 'bad_contact_data' and person_type = 'lead'"
    )
    spoiled = {f"demo:{key}" for key, entry in marts.truth["leads"].items() if entry["kinds"]}
    assert ids(bad, "lead_id") <= spoiled


def test_22_meetings_without_a_follow_up(marts: Marts) -> None:
    rows = marts.ask(22)
    assert total(rows, "meeting_count") == marts.one("select count(*) from rpt_meeting_followup")
    assert all(row["not_in_48h_count"] <= row["not_in_24h_count"] <= row["meeting_count"] for row in rows)
    late = """select count(*) from rpt_meeting_followup
              where is_followed_up_48h is not null
                and coalesce(business_minutes_to_followup, 1e9) > 48 * 60"""
    assert total(rows, "not_in_48h_count") == marts.one(late)


def test_23_every_lead_has_a_cadence(marts: Marts) -> None:
    rows = marts.ask(23)
    assert total(rows, "lead_count") == marts.one("select count(*) from fct_leads")
    assert total(rows, "untouched_count") == marts.one("select count(*) from fct_leads where touches = 0")
    for row in rows:
        bands = ("untouched", "neglected", "healthy", "nuisance", "unknown")
        assert row["lead_count"] == sum(row[f"{band}_count"] for band in bands)


def test_24_target_accounts(marts: Marts) -> None:
    rows = marts.ask(24)
    assert len(rows) == len(ids(rows, "target_id")) == marts.one("select count(*) from rpt_target_accounts")
    for row in rows:
        assert row["is_covered"] == bool(row["touches_90d"] + row["meetings_90d"])
    assert [row["is_covered"] for row in rows] == sorted(row["is_covered"] for row in rows)


def test_25_junk_leads_by_where_they_came_from(marts: Marts) -> None:
    rows = marts.ask(25)
    fake = sum(entry["is_fake"] for entry in marts.truth["leads"].values())
    assert total(rows, "fake_count") + total(rows, "suspect_count") >= 0.95 * fake
    assert total(rows, "fake_count") <= 1.03 * fake
    assert total(rows, "lead_count") == marts.truth["counts"]["leads"]
    assert rows[0]["lead_source"] == "Purchased List"
