"""Each behaviour of the generated organisation is found by its mart, and in no other rep's rows.

The rules below are the marts' own flags, or half of a share; nothing is fitted to the answers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.demo import DemoOptions, answers
from tests.conftest import DEMO_SCALE, Ran

SOURCE = "demo"


class Marts:
    """What was published, beside the truth about who is who; ids as the marts write them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
        self._connection = connection
        self._truth = truth

    def found(self, sql: str) -> set[str]:
        """The first column of a query."""
        return {row[0] for row in self._connection.execute(sql).fetchall()}

    def reps(self, behaviour: str) -> set[str]:
        return self._known("reps", behaviour)

    def managers(self, behaviour: str) -> set[str]:
        return self._known("managers", behaviour)

    def accounts(self, behaviour: str) -> set[str]:
        return self._known("accounts", behaviour)

    def deals(self, *behaviours: str) -> set[str]:
        return set().union(*(self._known("deals", behaviour) for behaviour in behaviours))

    def leads(self, kind: str) -> set[str]:
        return {f"{SOURCE}:{key}" for key, entry in self._truth["leads"].items() if kind in entry["kinds"]}

    def _known(self, record: str, behaviour: str) -> set[str]:
        return {
            f"{SOURCE}:{key}"
            for key, entry in self._truth[record].items()
            if behaviour in entry["behaviours"]
        }


@pytest.fixture(scope="module")
def marts(demo_run: tuple[Path, Ran]) -> Iterator[Marts]:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    truth = answers(DemoOptions(scale=DEMO_SCALE))
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        yield Marts(connection, truth)


def test_the_rotten_pipeline(marts: Marts) -> None:
    rotten = """select rep_id from rpt_rotten_pipeline group by rep_id
                having sum(rotten_amount) >= 0.5 * sum(evaluated_amount)"""
    assert marts.found(rotten) == marts.reps("rotten_pipeline")


def test_happy_ears(marts: Marts) -> None:
    assert marts.found("select owner_id from fct_deal_flags where flag = 'pushed'") == marts.reps(
        "happy_ears"
    )
    never_sold = "select opportunity_id from fct_deal_flags where flag like 'fake_sale%'"
    assert marts.found(never_sold) == marts.deals(
        "fake_sale_giveaway", "fake_sale_unpaid", "fake_sale_no_amount"
    )
    sold_nothing = "select owner_id from fct_deal_flags where flag like 'fake_sale%'"
    assert marts.found(sold_nothing) == marts.reps("fake_sale")


def test_token_effort(marts: Marts) -> None:
    half = """select owner_id from rpt_lead_followup where verdict = 'trusted'
              group by owner_id having count(*) filter (is_token_effort) >= 0.5 * count(*)"""
    assert marts.found(half) == marts.reps("token_effort")
    flagged = marts.found("select lead_id from rpt_lead_followup where is_token_effort")
    # where the address or the number is a wrong one, few touches are excused
    labelled = marts.leads("token_effort") - marts.leads("phone_invalid") - marts.leads("address_typo")
    assert len(labelled) > 60
    assert len(flagged & labelled) >= 0.98 * len(labelled)


def test_recontact_dates_that_nobody_kept(marts: Marts) -> None:
    overdue = "select owner_id from rpt_lead_followup where is_recontact_overdue"
    assert marts.found(overdue) == marts.reps("recontact_ignored")
    leads = marts.found("select lead_id from rpt_lead_followup where is_recontact_overdue")
    assert leads >= marts.leads("recontact_overdue")


def test_blocks_that_are_left_unused(marts: Marts) -> None:
    # a rate of fewer than five blocks says nothing
    unused = "select rep_id from rpt_prospecting_time where blocks_reserved >= 5 and block_use_rate < 0.5"
    assert marts.found(unused) == marts.reps("idle_prospecting_blocks")
    claims = "select rep_id from rpt_prospecting_time where claim_gap >= 0.1"
    assert marts.found(claims) == marts.reps("idle_prospecting_blocks")


def test_column_fodder(marts: Marts) -> None:
    fodder = "select opportunity_id from rpt_fodder_scores where is_fodder_like"
    labelled = marts.deals("column_fodder")
    scored = marts.found("select opportunity_id from rpt_fodder_scores where fodder_score is not null")
    assert marts.found(fodder) == labelled & scored
    assert len(labelled & scored) >= 0.8 * len(labelled)
    collectors = "select owner_id from rpt_fodder_scores where is_fodder_like"
    assert marts.found(collectors) == marts.reps("column_fodder")


def test_one_manager_coaches(marts: Marts) -> None:
    reviews = "select manager_id from rpt_coaching group by 1 having sum(deals_reviewed_count) > 0"
    assert marts.found(reviews) == marts.managers("coaches")
    # an hour with each rep in each month
    talks = "select manager_id from rpt_coaching group by 1 having sum(one_to_one_hours) >= count(*)"
    assert marts.found(talks) == marts.managers("coaches")
    neither = """select manager_id from rpt_coaching group by 1
                 having sum(one_to_one_hours) < count(*) and sum(deals_reviewed_count) = 0"""
    assert marts.found(neither) == marts.managers("does_not_coach")


def test_tunnel_vision_off_the_cliff(marts: Marts) -> None:
    tunnel = "select rep_id from rpt_attention where is_tunnel_vision"
    assert marts.found(tunnel) == marts.reps("tunnel_vision")
    followed = "select top_opportunity_id from rpt_attention where is_tunnel_vision"
    assert marts.found(followed) == marts.deals("tunnel_vision_big_deal")
    fallen = "select rep_id from rpt_cliff where week_ahead = 0 and cliff_week = 0"
    assert marts.found(fallen) == marts.reps("cliff")


def test_the_key_account_from_habit(marts: Marts) -> None:
    # one weak quarter happens to every account; two running are a habit
    habit = """select account_id from (
                 select account_id, is_key_from_habit,
                   row_number() over (partition by account_id order by fiscal_quarter_start desc) as back
                 from rpt_key_accounts where is_complete)
               where back <= 2 group by account_id having count(*) filter (is_key_from_habit) = 2"""
    assert marts.found(habit) == marts.accounts("key_account_from_habit")


def test_the_diligent_rep_has_nothing_against_her(marts: Marts) -> None:
    (diligent,) = marts.reps("diligent")
    used = f"select rep_id from rpt_prospecting_time where rep_id = '{diligent}' and block_use_rate >= 0.5"
    assert marts.found(used) == {diligent}
