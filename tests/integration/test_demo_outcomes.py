"""Wins, losses and cycles of the generated organisation, against what its answer file knows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.demo import DemoOptions, answers
from tests.conftest import DEMO_SCALE, Ran


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return answers(DemoOptions(scale=DEMO_SCALE))


@pytest.fixture(scope="module")
def marts(demo_run: tuple[Path, Ran]) -> Iterator[duckdb.DuckDBPyConnection]:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def test_a_deal_without_a_decision_is_told_from_a_lost_one(
    marts: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    expected = {f"demo:{deal}": entry["outcome"] for deal, entry in truth["deals"].items()}
    found = dict(rows(marts, "select opportunity_id, outcome from fct_opportunities"))
    assert {deal: found[deal] for deal in expected} == expected
    assert "no_decision" in found.values()


def test_every_loss_is_reviewed_by_the_manager_and_never_by_the_owner(
    marts: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    reviews = rows(marts, "select owner_id, reviewer_id, reviewer_basis from rpt_loss_reviews")
    managers = {f"demo:{user}" for user in truth["managers"]}
    assert reviews
    assert {basis for _, _, basis in reviews} == {"manager"}
    assert {reviewer for _, reviewer, _ in reviews} <= managers
    assert not [owner for owner, reviewer, _ in reviews if owner == reviewer]
    of_their_team = """select count(*) from rpt_loss_reviews join dim_reps on owner_id = rep_id
                       where reviewer_id <> manager_id"""
    assert rows(marts, of_their_team) == [(0,)]


def test_deals_take_longer_than_every_rep_claims(marts: duckdb.DuckDBPyConnection) -> None:
    measured = rows(
        marts,
        """select claimed_days, measured_p50_days, claimed_to_measured_ratio from rpt_sales_cycle
           where measured_p50_days is not null""",
    )
    assert measured
    assert all(claimed < days and ratio == claimed / days for claimed, days, ratio in measured)


def test_each_deal_without_a_decision_has_its_place_on_the_recycle_list(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    listed = rows(marts, "select opportunity_id, priority_rank from rpt_recycle order by priority_rank")
    due = rows(
        marts,
        """select opportunity_id from fct_opportunities
           where outcome = 'no_decision' and closed_at > as_of - interval 12 month""",
    )
    assert [rank for _, rank in listed] == list(range(1, len(due) + 1))
    assert {deal for deal, _ in listed} == {deal for (deal,) in due}
    # who was spoken to on a later day than the closing, and nobody else
    wrong = """select count(*) from rpt_recycle
               where is_recontacted <> coalesce(last_contact_at > closed_at + interval 36 hour, false)
                 and abs(epoch(last_contact_at - closed_at)) > 36 * 3600"""
    assert rows(marts, wrong) == [(0,)]


def test_quarters_add_up_to_the_deals(marts: duckdb.DuckDBPyConnection) -> None:
    counted = """select sum(won_count), sum(lost_count), sum(no_decision_count), sum(won_amount)
                 from rpt_outcomes"""
    deals = """select count(*) filter (outcome = 'won'), count(*) filter (outcome = 'lost'),
                 count(*) filter (outcome = 'no_decision'), sum(amount) filter (outcome = 'won')
               from fct_opportunities"""
    assert rows(marts, counted) == rows(marts, deals)
    old = """select sum(open_count) / sum(created_count) from rpt_outcome_cohorts
             where fiscal_quarter_start < (select max(as_of) from rpt_outcome_cohorts) - interval 12 month"""
    assert rows(marts, old)[0][0] < 0.1  # a year later hardly any deal is open


def test_velocity_is_the_product_of_its_parts(marts: duckdb.DuckDBPyConnection) -> None:
    parts = rows(
        marts,
        """select expected_amount_per_day, open_count * win_rate * mean_won_amount / mean_cycle_days
           from rpt_velocity where expected_amount_per_day is not null""",
    )
    assert parts
    # the mean is published to the cent
    assert all(float(speed) == pytest.approx(product, abs=0.02) for speed, product in parts)
