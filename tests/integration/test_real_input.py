"""Real exports from end to end: what goes in at one end against what BI reads at the other."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import FIXTURES, Ran, run_pipeline, shared_data

pytestmark = pytest.mark.real_input


def fetch(home: Path, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def published(tmp_path_factory: pytest.TempPathFactory, name: str, as_of: str | None) -> Path:
    home = tmp_path_factory.mktemp(name) / "data"
    ran = run_pipeline(home, FIXTURES / f"{name}.yaml", as_of)
    assert ran.code == 0, ran.output
    return home


class TestMarketstar:
    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        shared_data("marketstar_b2b")
        return published(tmp_path_factory, "marketstar_b2b", "2022-09-29")

    def test_no_lead_is_lost(self, home: Path) -> None:
        assert fetch(home, "select count(*) from fct_leads") == [(43_033,)]
        ((trusted, quarantined),) = fetch(
            home, "select (select count(*) from leads_trusted), (select count(*) from leads_quarantined)"
        )
        assert trusted + quarantined == 43_033
        loads = fetch(home, "select object, extracted_count, landed_count, rejected_count from meta_loads")
        assert all(extracted == landed + rejected for _, extracted, landed, rejected in loads)
        assert ("lead", 43_033, 43_033, 0) in loads

    def test_three_date_forms_are_read(self, home: Path) -> None:
        assert fetch(home, "select count(*) from fct_opportunities") == [(1_061,)]
        assert fetch(home, "select count(*) from fct_leads where created_at is null") == [(0,)]
        assert fetch(home, "select count(*) from fct_opportunities where created_at is null") == [(0,)]
        # 1/11/2021 0:00 and 1/18/2021 in Denver
        assert fetch(
            home,
            """select cast(created_at as date) = date '2021-01-11', close_date = date '2021-01-18', outcome
               from fct_opportunities where opportunity_id = 'marketstar:1'""",
        ) == [(True, True, "won")]

    def test_closed_after_as_of_is_open(self, home: Path) -> None:
        assert fetch(home, "select count(*) from fct_opportunities where closed_at > as_of") == [(0,)]
        ((open_count,),) = fetch(home, "select count(*) from fct_opportunities where outcome = 'open'")
        assert open_count > 0

    def test_what_the_export_cannot_show_is_unknown(self, home: Path) -> None:
        assert fetch(home, "select count(touches), count(first_touch_at) from fct_leads") == [(0, 0)]
        assert fetch(home, "select count(*) from fct_lead_flags where flag like 'untouched%'") == [(0,)]
        reasons = dict(
            fetch(
                home,
                """select column_or_rule, reason from meta_capabilities
                   where not is_evaluated and "table" = 'fct_lead_flags'""",
            )
        )
        assert "untouched_30_days" in reasons
        assert reasons["untouched_30_days"]

    def test_unowned_leads_are_found(self, home: Path) -> None:
        assert fetch(home, "select count(*) from fct_lead_flags where flag = 'unowned'") == [(10_466,)]

    def test_reps_are_published(self, home: Path) -> None:
        assert fetch(home, "select count(*) from dim_reps where rep_name = 'Steven Johnson'") == [(1,)]


class TestMaven:
    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        shared_data("maven_crm_opportunities")
        return published(tmp_path_factory, "maven_crm_opportunities", "2017-12-31")

    def test_ages_are_exact(self, home: Path) -> None:
        ages = ", ".join(f"count(*) filter (age_days > {days})" for days in (30, 60, 90, 180, 365))
        assert fetch(home, f"select count(*), {ages} from fct_opportunities where stage = 'Engaging'") == [
            (1_589, 1_571, 1_532, 1_479, 730, 53)
        ]

    def test_the_median_cycle_of_won_deals(self, home: Path) -> None:
        assert fetch(home, "select median(age_days) from fct_opportunities where outcome = 'won'") == [
            (57.0,)
        ]

    def test_deals_without_an_account_stay(self, home: Path) -> None:
        assert fetch(home, "select count(*) from fct_opportunities where account_id is null") == [(1_425,)]
        assert fetch(home, "select count(*) from fct_opportunities") == [(8_800,)]

    def test_what_nobody_landed_is_unknown_and_said_so(self, home: Path) -> None:
        """No activities, no calendars, no histories, no loss reasons: null, and listed, never zero."""
        for table, column in (
            ("rpt_attention", "attributed_minutes"),
            ("rpt_process_adherence", "moved_without_buyer_event_count"),
            ("rpt_outcomes", "no_decision_count"),
            ("rpt_prospecting_time", "done_share"),
        ):
            assert fetch(home, f"select count({column}) from {table}") == [(0,)], table
            ((listed,),) = fetch(
                home,
                f"""select count(*) from meta_capabilities where "table" = '{table}' and not is_evaluated""",
            )
            assert listed >= 1, table
        ((won,),) = fetch(home, "select sum(won_count) from rpt_outcomes")
        assert won == fetch(home, "select count(*) from fct_opportunities where outcome = 'won'")[0][0]


class TestSalesforce:
    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        shared_data("salesforce_devorg_2026")
        return published(tmp_path_factory, "salesforce_devorg_2026", "2026-03-31")

    def test_stage_visits_come_from_the_history(self, home: Path) -> None:
        ((visits, deals, sources),) = fetch(
            home,
            """select count(*), count(distinct v.opportunity_id),
                      (select count(*) from fct_opportunity_versions where change_source = 'crm_history')
               from fct_stage_visits v""",
        )
        assert visits >= deals >= 30
        assert sources > 0

    def test_stock_samples_are_named(self, home: Path) -> None:
        ((flagged,),) = fetch(
            home, "select count(distinct lead_id) from fct_lead_flags where flag = 'sample_record'"
        )
        assert flagged >= 15


class TestZoho:
    @pytest.fixture(scope="class")
    @classmethod
    def refused(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
        shared_data("zoho_crm_demo")
        home = tmp_path_factory.mktemp("zoho") / "data"
        return home, run_pipeline(home, FIXTURES / "zoho_crm_demo.yaml", "2021-10-31")

    def test_a_fake_source_is_refused_in_plain_words(self, refused: tuple[Path, Ran]) -> None:
        home, ran = refused
        assert ran.code != 0
        assert re.search(r"3,900 leads of source zoho look.* fake", ran.output), ran.output
        assert "email_disposable" in ran.output
        assert "lead_allowance" in ran.output
        assert "Traceback" not in ran.output
        assert not (home / "published" / "current.duckdb").exists()
        assert list((home / "landing" / "zoho" / "Leads").glob("*.parquet"))

    def test_an_allowance_lets_it_through(self, refused: tuple[Path, Ran]) -> None:
        home, _ = refused
        ran = run_pipeline(home, FIXTURES / "zoho_crm_demo_allowed.yaml", "2021-10-31")
        assert ran.code == 0, ran.output
        assert fetch(home, "select count(*) from leads_quarantined") == [(3_900,)]
        assert fetch(home, "select distinct main_reason from rpt_lead_quality") == [("email_disposable",)]
        # events of more than 30 days each: no minutes of them, and the reason beside it
        ((events, explained, counted),) = fetch(
            home, "select count(*), count(duration_problem), count(duration_minutes) from fct_calendar_events"
        )
        assert events == explained > 1_000
        assert counted == 0
        weeks = "select sum(hours) as hours from rpt_time_allocation group by rep_id, week_start"
        assert fetch(home, f"select coalesce(max(hours), 0) <= 7 * 24 from ({weeks})") == [(True,)]


class TestCalendars:
    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        shared_data("calendars")
        yield published(tmp_path_factory, "calendars", "2026-01-01")

    def test_what_parses_is_landed_and_the_rest_is_rejected_with_a_reason(self, home: Path) -> None:
        ((events,),) = fetch(home, "select count(*) from fct_calendar_events")
        ((landed, rejected),) = fetch(home, "select sum(landed_count), sum(rejected_count) from meta_loads")
        assert events > 200
        assert landed > 200
        assert rejected > 5
