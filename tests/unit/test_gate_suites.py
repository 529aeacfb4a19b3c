"""Every suite holds on good data, and every expectation fails on data that breaks it."""

from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.runner import run
from expectations.schema import load_suites
from orchestration.lib.gate import suite_parameters
from tests.unit.published_marts import BROKEN, BUILD, build_manifest, make_warehouse

Results = dict[str, CheckResult]


def evaluate(path: Path, *statements: str) -> Results:
    make_warehouse(path, BUILD, *statements)
    return {result.name: result for result in run(path, load_suites(), suite_parameters(build_manifest()))}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return evaluate(tmp_path_factory.mktemp("broken") / "w.duckdb", BROKEN)


def test_every_expectation_holds_on_good_data(tmp_path: Path) -> None:
    results = evaluate(tmp_path / "w.duckdb")
    assert len(results) == sum(len(suite.expectations) for suite in load_suites())
    assert [f"{r.name}: {r.observed} {r.failing}" for r in results.values() if r.outcome != "passed"] == []


def test_no_expectation_crashes_on_bad_data(broken: Results) -> None:
    assert [f"{r.name}: {r.observed}" for r in broken.values() if r.outcome == "crashed"] == []


def unbreakable_by_rows(name: str) -> bool:
    """Column names are another test's, and a count of at least zero says only that a table may be empty."""
    table, check = name.split(".")
    declared = next(suite for suite in load_suites() if suite.table == table)
    expectation = next(e for e in declared.expectations if e.name == check)
    return check == "columns" or expectation.kwargs == {"min_value": 0}


def test_every_expectation_fails_on_data_that_breaks_it(broken: Results) -> None:
    held = {name for name, r in broken.items() if r.outcome == "passed" and not unbreakable_by_rows(name)}
    # the next test empties these
    assert held == {"meta_columns.row_count", "meta_capabilities.row_count", "meta_loads.row_count"}


def test_no_table_that_must_have_rows_may_be_empty(tmp_path: Path) -> None:
    tables = ["meta_columns", "meta_capabilities", "meta_loads", "meta_build", "dim_dates"]
    results = evaluate(tmp_path / "w.duckdb", *(f"delete from {table}" for table in tables))
    assert [results[f"{table}.row_count"].outcome for table in tables] == ["failed"] * len(tables)


def test_a_column_that_bi_was_promised_may_not_go(tmp_path: Path) -> None:
    drops = []
    for suite in load_suites():
        columns = next(e for e in suite.expectations if e.name == "columns").kwargs["column_set"]
        drops.append(f'alter table {suite.table} rename column "{columns[-1]}" to gone')
    results = evaluate(tmp_path / "w.duckdb", *drops)
    outcomes = {name: r.outcome for name, r in results.items() if name.endswith(".columns")}
    assert set(outcomes.values()) == {"failed"}
    assert results["fct_leads.columns"].observed == "missing: as_of"


def test_an_organisation_without_leads_deals_or_calendar_passes(tmp_path: Path) -> None:
    emptied = [
        suite.table
        for suite in load_suites()
        if suite.table not in ("meta_build", "meta_columns", "meta_capabilities", "meta_loads", "dim_dates")
    ]
    results = evaluate(
        tmp_path / "w.duckdb",
        *(f"delete from {table}" for table in emptied),
        "update meta_loads set system = 'planning', object = 'quotas'",
    )
    assert [f"{r.name}: {r.failing}" for r in results.values() if r.outcome != "passed"] == []


def test_what_was_landed_must_arrive(broken: Results, tmp_path: Path) -> None:
    results = evaluate(
        tmp_path / "w.duckdb",
        "delete from fct_leads",
        "delete from rpt_lead_quality",
        "delete from leads_trusted",
    )
    found = results["fct_leads.landed_leads_arrive"]
    assert found.outcome == "failed"
    assert found.failing == ("source crm landed 100 leads and fct_leads has none of them",)


@pytest.mark.parametrize(("lead_id", "outcome"), [("crm:contact-7", "passed"), ("crm:7", "failed")])
def test_contacts_that_are_all_leads_have_arrived(tmp_path: Path, lead_id: str, outcome: str) -> None:
    results = evaluate(
        tmp_path / "w.duckdb",
        "update meta_loads set object = 'contacts' where lower(object) in ('lead', 'leads')",
        "delete from dim_contacts",
        f"update fct_leads set lead_id = '{lead_id}'",
    )
    assert results["dim_contacts.landed_contacts_arrive"].outcome == outcome


@pytest.mark.parametrize(
    ("ids", "outcome"),
    [
        (["zoho:4876876000000123456", "zoho:4876876000000123457"], "passed"),
        (["sf:00Q5f00000E1234AAA", "sf:0065f00000E12345"], "passed"),  # Salesforce ids may hold an E
        (["zoho:4876876000000120000"] , "passed"),  # one id may end in zeros by chance
        ([f"zoho:4876876000{i:05d}0000" for i in range(12)], "failed"),
        (["zoho:4.876876E+18"], "failed"),
        (["zoho:123.0"], "failed"),
    ],
)  # fmt: skip
def test_damaged_ids_are_told_from_odd_ones(tmp_path: Path, ids: list[str], outcome: str) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table fct_leads as select unnest(?) as lead_id", [ids])
    suite = next(suite for suite in load_suites() if suite.table == "fct_leads")
    only = [e for e in suite.expectations if e.name == "ids_undamaged"]
    (result,) = run(path, [suite.model_copy(update={"expectations": only})], {})
    assert result.outcome == outcome, result
