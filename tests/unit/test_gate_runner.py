"""Each kind of expectation fails when it should, and a crash is never taken for a failure."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy
import yaml

from expectations.results import CheckResult
from expectations.runner import run
from expectations.schema import SUPPORTED, Suite, load_suites, read_suite, suites_hash
from expectations.shim import plain_ids
from expectations.sql import Relation, render
from orchestration.errors import PipelineError

WORDS = {"reason": "because it is so", "remedy": "do something about it"}
NEEDED = [
    {"name": "n", "type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}},
    {"name": "c", "type": "expect_table_columns_to_match_set",
     "kwargs": {"column_set": ["k"], "exact_match": False}},
    {"name": "nn", "type": "expect_column_values_to_not_be_null", "kwargs": {"column": "k"}},
]  # fmt: skip
# kind -> arguments that fail on the table below: k 1..9, s 'a', d 2026-01-01.., lo > hi, n null
FAILING: dict[str, dict[str, Any]] = {
    "expect_table_row_count_to_be_between": {"max_value": 3},
    "expect_table_row_count_to_equal": {"value": 3},
    "expect_table_row_count_to_equal_other_table": {"other_table_name": "other"},
    "expect_table_columns_to_match_set": {"column_set": ["k", "gone"], "exact_match": False},
    "expect_column_values_to_not_be_null": {"column": "n"},
    "expect_column_values_to_be_null": {"column": "k"},
    "expect_column_values_to_be_unique": {"column": "s"},
    "expect_column_values_to_be_between": {"column": "k", "max_value": 3},
    "expect_column_values_to_be_in_set": {"column": "s", "value_set": ["b"]},
    "expect_column_values_to_not_be_in_set": {"column": "s", "value_set": ["a"]},
    "expect_column_value_lengths_to_be_between": {"column": "s", "min_value": 2},
    "expect_column_pair_values_a_to_be_greater_than_b": {"column_A": "hi", "column_B": "lo"},
    "expect_compound_columns_to_be_unique": {"column_list": ["s", "hi"]},
    "expect_column_distinct_values_to_be_in_set": {"column": "s", "value_set": ["b"]},
    "expect_column_max_to_be_between": {"column": "k", "max_value": 3},
    "expect_column_sum_to_be_between": {"column": "k", "max_value": 3},
    "expect_column_median_to_be_between": {"column": "k", "max_value": 3},
    "unexpected_rows_expectation": {"unexpected_rows_query": "select k from {batch} where k > ${limit}"},
}


def suite(*expectations: dict[str, Any], table: str = "t") -> Suite:
    return Suite.model_validate(
        {"table": table, "key": ["k"], "expectations": [e | WORDS for e in (*NEEDED, *expectations)]}
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    # a name that an URL, GX's `$name` substitution and SQL quoting would each trip over
    folder = tmp_path / "it's $HOME 50%"
    folder.mkdir()
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        connection.execute(
            "create table t as select i as k, 'a' as s, null::int as n, date '2026-01-01' + i::int as d,"
            " 2 as lo, 1 as hi from range(1, 10) t(i)"
        )
        connection.execute("create table other as select 1 as k")
    return folder / "w.duckdb"


def by_name(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {result.name.split(".")[1]: result for result in results}


def test_every_supported_kind_fails_when_it_should_and_says_where(file: Path) -> None:
    assert set(FAILING) == SUPPORTED
    checks = [
        {"name": f"x{i}", "type": kind, "kwargs": kwargs} for i, (kind, kwargs) in enumerate(FAILING.items())
    ]
    results = by_name(run(file, [suite(*checks)], {"limit": 3}))
    kinds = {check["name"]: check["type"] for check in checks}
    assert {kinds[name]: r.outcome for name, r in results.items() if name in kinds} == dict.fromkeys(
        FAILING, "failed"
    )
    assert {results[name].outcome for name in ("n", "c", "nn")} == {"passed"}
    bounds = results[f"x{list(FAILING).index('expect_column_values_to_be_between')}"]
    assert (bounds.unexpected_count, bounds.failing[0]) == (6, "k=4")
    rows = results[f"x{list(FAILING).index('unexpected_rows_expectation')}"]
    assert (rows.unexpected_count, rows.failing[0]) == (6, "k=4")


@pytest.mark.parametrize(
    "check",
    [
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "gone", "min_value": 0}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"colum": "k"}},
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": "select gone from {batch}"},
        },
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": "select {0} from {batch}"},
        },
    ],
    ids=["no such column", "misspelt argument", "SQL that does not bind", "a brace of its own"],
)
def test_a_crash_blocks_even_as_a_warning_and_spares_the_others(file: Path, check: dict[str, Any]) -> None:
    results = by_name(run(file, [suite({"name": "bad", "severity": "warning"} | check)], {}))
    assert (results["bad"].outcome, results["bad"].is_blocking) == ("crashed", True)
    assert results["bad"].observed
    assert {results[name].outcome for name in ("n", "c", "nn")} == {"passed"}


def test_a_missing_table_crashes_its_own_suite_only(file: Path) -> None:
    results = run(file, [suite(table="gone"), suite()], {})
    assert [r.outcome for r in results] == ["crashed"] * 3 + ["passed"] * 3
    assert results[0].observed == "there is no table main.gone in the warehouse"


def test_the_catalogue_is_read_once_and_nothing_stays_patched(file: Path) -> None:
    from great_expectations.expectations.expectation import Expectation

    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    before = Expectation.__dict__["configuration"]
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
        results = run(file, [suite(table=table) for table in ("t", "other")], {})
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note)
    assert {result.outcome for result in results} == {"passed"}
    assert len([each for each in statements if "duckdb_columns()" in each]) == 1
    assert Expectation.__dict__["configuration"] is before


def test_no_connection_is_left_open(file: Path) -> None:
    run(file, [suite()], {})
    with duckdb.connect(str(file)) as connection:  # read-write: fails while a read-only one is open
        connection.execute("drop table other")


def test_a_message_column_is_shown_as_it_is(file: Path) -> None:
    query = "select k, ${words} as message from {batch} where k = 1 and d < ${day}"
    check = {"name": "m", "type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}}
    words = "it's 12:30 :x {b} \\ $y a::b"
    results = by_name(
        run(file, [suite(check)], {"words": words, "day": datetime.fromisoformat("2026-03-01 12:30")})
    )
    assert results["m"].failing == (words,)


def test_parameters_become_literals_and_relations() -> None:
    relation = Relation({"source_instance": "varchar", "allowance": "double"}, (("crm", 0.2),))
    assert render("${a} ${b} ${c}", {"a": None, "b": 0.2, "c": True}) == "null 0.2 true"
    empty = Relation({"x": "varchar"}, ())
    with duckdb.connect() as connection:
        assert connection.execute(f"select * from {relation.sql()}").fetchall() == [("crm", 0.2)]
        assert connection.execute(f"select * from {empty.sql()}").fetchall() == []
    with pytest.raises(PipelineError, match="parameter gone"):
        render("${gone}", {"a": 1})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "expect_column_values_to_match_regex"}, "regexp_matches"),
        ({"type": "expect_column_values_to_match_like_pattern"}, "LIKE"),
        ({"type": "expect_column_values_to_be_of_type"}, "dbt contract"),
        ({"type": "expect_column_mean_to_be_between"}, "not among the measured kinds"),
        ({"severity": "info"}, "severity"),
        ({"colour": "red"}, "colour"),
        ({"reason": ""}, "reason"),
        ({"name": "n"}, "names used twice: n"),
    ],
)
def test_a_suite_that_would_not_work_is_refused_by_name(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    good = {"name": "x", "type": "expect_column_values_to_be_unique", "kwargs": {"column": "k"}}
    document = {"table": "t", "key": ["k"], "expectations": [e | WORDS for e in (*NEEDED, good | change)]}
    if "reason" in change:
        document["expectations"][-1]["reason"] = ""
    path = tmp_path / "t.yml"
    path.write_text(yaml.safe_dump(document))
    with pytest.raises(PipelineError, match=message) as raised:
        read_suite(path)
    assert "t.yml" in raised.value.message


@pytest.mark.parametrize(("left_out", "message"), [(0, "row count"), (1, "column set"), (2, "not-null")])
def test_a_suite_needs_what_an_empty_table_would_not_pass(
    tmp_path: Path, left_out: int, message: str
) -> None:
    kept = [e | WORDS for i, e in enumerate(NEEDED) if i != left_out]
    path = tmp_path / "t.yml"
    path.write_text(yaml.safe_dump({"table": "t", "key": ["k"], "expectations": kept}))
    with pytest.raises(PipelineError, match=f"lacks a {message}"):
        read_suite(path)


def test_the_hash_is_of_what_suites_say() -> None:
    suites = load_suites()
    assert suites_hash(suites) == suites_hash(list(reversed(suites)))
    assert suites_hash(suites) != suites_hash(suites[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        {"column": "amount", "min_value": 1, "strict_min": True, "row_condition": None},
        {"column": "amount", "value_set": ["a", "b"]},
        {"column": "amount", "min_value": float("nan")},
        {"column": "amount", "max_value": date(2026, 1, 1)},
        {"column": "amount"},
        {},
    ],
)
def test_a_metric_is_identified_as_great_expectations_does(arguments: dict[str, object]):
    from great_expectations.core.id_dict import IDDict

    expected = IDDict(arguments).to_id()
    with plain_ids():
        assert IDDict(arguments).to_id() == expected
