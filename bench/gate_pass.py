"""3: the gate against one SQL statement per table that counts what breaks the same rules.

Belongs here: the suites' rules as somebody would write them by hand for DuckDB, and timing the two.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import duckdb

from bench.homes import twin
from bench.task import Task
from bench.timing import alternate, ratios
from expectations.profile import profile
from expectations.results import check_name
from expectations.runner import run
from expectations.schema import SQL, Expectation, Suite, load_suites
from expectations.sql import Value, render
from orchestration.lib.content import contents, quoted, text
from orchestration.lib.gate import judge, suite_parameters
from orchestration.lib.warehouse import read_warehouse
from orchestration.settings import Settings

AIM = 3.0  # times the one pass


def measure(task: Task) -> dict[str, Any]:
    """Time the gate, its parts, and the one pass by turns; imports and first connections are not timed.
    Raises RuntimeError where the pass counts other rows than Great Expectations does."""
    settings, manifest = twin(task.homes.built(task.size), task.work / "home")
    suites = load_suites()
    parameters = suite_parameters(manifest)
    tables = [suite.table for suite in suites]
    verdict = judge(settings)
    _compare(verdict, one_pass(settings, suites, parameters))

    def hashes() -> None:
        with read_warehouse(settings) as connection:
            contents(connection, tables)

    def figures() -> None:
        with read_warehouse(settings) as connection:
            profile(connection, suites)

    timed = alternate(
        {
            "gate": lambda: judge(settings),
            "one SQL pass": lambda: one_pass(settings, suites, parameters),
            "of the gate: Great Expectations": lambda: run(settings.warehouse, suites, parameters),
            "of the gate: hashes of the tables": hashes,
            "of the gate: figures for the trends": figures,
        },
        task.repeats,
    )
    gate, plain = timed["gate"], timed["one SQL pass"]
    return {
        "aim_of_one_pass": AIM,
        "gate_of_one_pass_wall": ratios(gate.wall, plain.wall),
        "gate_of_one_pass_cpu": ratios(gate.cpu, plain.cpu),
        "tables": len(suites),
        "rules": sum(len(suite.checks) for suite in suites),
        "timed": [item.to_dict() for item in timed.values()],
    }


def one_pass(
    settings: Settings, suites: Sequence[Suite], parameters: Mapping[str, Value]
) -> dict[str, int | None]:
    """Rows that break each rule, by the rule's name in a verdict; null where the rule counts no rows.
    With the figures that the trends go by, one more statement per table."""
    with closing(duckdb.connect(str(settings.warehouse), read_only=True)) as connection:
        found: dict[str, int | None] = {}
        for suite in suites:
            parts = {
                check_name(suite, each): _breaking(suite, each, parameters) for each in suite.expectations
            }
            counted = {name: part for name, part in parts.items() if part is not None}
            columns = ", ".join(counted.values())
            row = connection.execute(f"select count(*), {columns} from main.{suite.table}").fetchone()
            found |= dict.fromkeys(parts) | dict(zip(counted, (row or ())[1:], strict=True))
        profile(connection, suites)
    return found


def _breaking(suite: Suite, rule: Expectation, parameters: Mapping[str, Value]) -> str | None:
    """SQL that counts the rows which break a rule; None for rules on the table's shape, which cost one
    look at the catalogue."""
    kwargs = rule.kwargs
    if rule.type == SQL:
        query = render(str(kwargs["unexpected_rows_query"]), parameters)
        for escaped, plain in (("{batch}", f"main.{suite.table}"), ("{{", "{"), ("}}", "}"), ("\\:", ":")):
            query = query.replace(escaped, plain)
        return f"(select count(*) from ({query}))"
    if "column" in kwargs:
        column = quoted(kwargs["column"])
        match rule.type:
            case "expect_column_values_to_not_be_null":
                return f"count(*) filter ({column} is null)"
            case "expect_column_values_to_be_in_set":
                values = ", ".join(text(value) for value in kwargs["value_set"])
                return f"count(*) filter ({column} not in ({values}))"
            case "expect_column_values_to_be_between":
                bounds = (("<", "min_value"), (">", "max_value"))
                outside = [f"{column} {sign} {kwargs[name]}" for sign, name in bounds if name in kwargs]
                return f"count(*) filter ({' or '.join(outside)})"
    if rule.type == "expect_column_pair_values_a_to_be_greater_than_b":
        sign = "<" if kwargs.get("or_equal") else "<="
        return f"count(*) filter ({quoted(kwargs['column_A'])} {sign} {quoted(kwargs['column_B'])})"
    if rule.type.startswith("expect_table_"):
        return None
    raise RuntimeError(f"{rule.type} has no counterpart in SQL here yet: {suite.table}.{rule.name}")


def _compare(verdict: Mapping[str, Any], found: Mapping[str, int | None]) -> None:
    counted = {check["name"]: check.get("unexpected_count") for check in verdict["checks"]}
    other = [
        f"{name}: {count} instead of {counted.get(name)}"
        for name, count in found.items()
        if count is not None and (counted.get(name) or 0) != count
    ]
    if other:
        raise RuntimeError(f"the one pass does not count what the gate counts: {'; '.join(other)}")
