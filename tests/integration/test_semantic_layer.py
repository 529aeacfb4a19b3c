"""`mf query` on the published file: its answers are those of plain SQL on the same file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import DBT_PROJECT_DIR
from tests.conftest import Ran

Rows = set[tuple[Any, ...]]
Ask = Callable[[str, str], Path]
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def marts(demo_run: tuple[Path, Ran]) -> Iterator[duckdb.DuckDBPyConnection]:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def ask(demo_run: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """(metrics, group by) to the CSV file that `mf query` writes; asked in a copy of the project."""
    folder = tmp_path_factory.mktemp("metrics")
    project = folder / "dbt_project"
    shutil.copytree(DBT_PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PIPELINE_", "DBT_"))}
    env |= {"PIPELINE_HOME": str(demo_run[0]), "DBT_TARGET": "published", "DO_NOT_TRACK": "1"}
    env |= {"HTTPS_PROXY": "http://127.0.0.1:9"}  # `mf` looks for a newer version of itself: not in a test

    def run(command: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(BIN / command), *arguments],
            cwd=project, env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def query(metrics: str, group_by: str) -> Path:
        answer = folder / f"{metrics}-{group_by}.csv"[-200:]
        run("mf", "query", "--metrics", metrics, "--group-by", group_by, "--csv", str(answer))
        return answer

    run("dbt", "--quiet", "parse")
    return query


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    """Rows of a query, comparable whatever their order and whether numbers are decimal or double."""
    found = connection.execute(sql).fetchall()
    return {
        tuple(round(float(v), 6) if hasattr(v, "__float__") and not isinstance(v, bool) else v for v in row)
        for row in found
    }


def test_outcomes_by_fiscal_quarter_and_rep(marts: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    metrics = "closed_count,won_count,win_rate,decided_win_rate,amount_win_rate,no_decision_rate"
    answer = ask(metrics, "metric_time__fiscal_quarter,rep__rep_name")
    expected = rows(
        marts,
        """select fiscal_quarter_start, rep_name, count(*), count(*) filter (outcome = 'won'),
             count(*) filter (outcome = 'won') / count(*),
             count(*) filter (outcome = 'won') / nullif(count(*) filter (outcome in ('won', 'lost')), 0),
             coalesce(sum(amount) filter (outcome = 'won'), 0)::double / nullif(sum(amount), 0),
             count(*) filter (is_no_decision) / nullif(count(is_no_decision), 0)
           from fct_opportunities join dim_reps on owner_id = rep_id join dim_dates on date_day = closed_date
           where outcome <> 'open' and opportunity_type <> 'renewal'
           group by all""",
    )
    assert (
        rows(marts, f"select metric_time__fiscal_quarter::date, rep__rep_name, {metrics} from '{answer}'")
        == expected
    )
    assert len(expected) > 30


def test_cycles_are_null_where_there_are_too_few_deals(marts: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    metrics = "cycle_count,cycle_p25_days,cycle_p50_days,cycle_p75_days,cycle_p90_days"
    answer = ask(metrics, "opportunity__segment,metric_time__month")
    expected = rows(
        marts,
        """select segment, date_trunc('month', closed_date)::date, count(*) filter (outcome = 'won') as n,
             if(n >= 5, quantile_cont(age_days, 0.25) filter (outcome = 'won'), null),
             if(n >= 5, quantile_cont(age_days, 0.5) filter (outcome = 'won'), null),
             if(n >= 5, quantile_cont(age_days, 0.75) filter (outcome = 'won'), null),
             if(n >= 10, quantile_cont(age_days, 0.9) filter (outcome = 'won'), null)
           from fct_opportunities where outcome <> 'open' and opportunity_type <> 'renewal'
           group by all""",
    )
    assert (
        rows(marts, f"select opportunity__segment, metric_time__month::date, {metrics} from '{answer}'")
        == expected
    )
    assert {row[3] is None for row in expected} == {True, False}


def test_rotten_share_is_that_of_the_report(marts: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    answer = ask("rotten_amount,rotten_share", "rep")
    expected = rows(
        marts,
        """select rep_id, sum(rotten_amount), sum(rotten_amount)::double / nullif(sum(evaluated_amount), 0)
           from rpt_rotten_pipeline group by rep_id""",
    )
    assert rows(marts, f"select rep, rotten_amount, rotten_share from '{answer}'") == expected
    assert any(row[2] for row in expected)


def test_pipeline_created_and_standing_by_month_and_team(marts: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    answer = ask(
        "pipeline_created_count,pipeline_created_amount,pipeline_amount", "metric_time__month,rep__team"
    )
    expected = rows(
        marts,
        """with created as (
             select date_trunc('month', created_date)::date as month, team, count(*) as deals,
               sum(amount) as amount
             from fct_opportunities join dim_reps on owner_id = rep_id
             where opportunity_type <> 'renewal' group by all
           ), standing as (
             select date_trunc('month', snapshot_date)::date as month, team,
               sum(amount) filter (is_eligible) as amount
             from fct_pipeline_daily join dim_reps on owner_id = rep_id
             where snapshot_date in (select max(snapshot_date) from fct_pipeline_daily
                                     group by date_trunc('month', snapshot_date))
             group by all
           )
           select month, team, deals, created.amount, standing.amount
           from created full join standing using (month, team)""",
    )
    measured = "pipeline_created_count, pipeline_created_amount, pipeline_amount"
    assert rows(marts, f"select metric_time__month::date, rep__team, {measured} from '{answer}'") == expected
    assert len(expected) > 20


def test_coverage_is_that_of_the_report(marts: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    metrics = "quota_amount,open_amount,open_coverage_ratio,total_coverage_ratio"
    answer = ask(metrics, "metric_time__fiscal_quarter,rep")
    expected = rows(
        marts,
        """select fiscal_quarter_start, rep_id, quota_amount, open_amount, open_coverage_ratio,
             total_coverage_ratio
           from rpt_coverage where quota_amount > 0 and open_amount > 0""",
    )
    asked = rows(marts, f"select metric_time__fiscal_quarter::date, rep, {metrics} from '{answer}'")
    assert expected <= asked
    assert any(row[4] is not None for row in expected)
