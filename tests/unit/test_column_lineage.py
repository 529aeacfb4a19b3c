"""Which columns a column is made from, on the shapes of SQL that the models use."""

import pytest

from orchestration.lib.column_lineage import FILES, Origin, column_origins
from orchestration.lib.lineage import project_lineage, source_fields

TABLES = {"deals": ["id", "owner", "amount", "stage"], "reps": ["owner", "name"], "flags": ["id", "is_bad"]}
AMOUNT, STAGE, OWNER = Origin("deals", "amount"), Origin("deals", "stage"), Origin("deals", "owner")

CASES = {
    "constant": ("select 1 as x from deals", {"x": set()}),
    "expression": ("select amount * 2 as x from deals", {"x": {AMOUNT}}),
    "quoted text is no column": ("select 'amount' || stage as x from deals -- it's amount", {"x": {STAGE}}),
    "upper case": ("select AMOUNT as x from DEALS", {"x": {AMOUNT}}),
    "joined": (
        "select d.amount as x, r.name as y from wh.main.deals as d left join reps as r on d.owner = r.owner",
        {"x": {AMOUNT}, "y": {Origin("reps", "name")}},
    ),
    "unqualified": (
        "select name as x, stage as y from deals join reps using (owner)",
        {"x": {Origin("reps", "name")}, "y": {STAGE}},
    ),
    "a cte of all columns": (
        """with a as (select * from deals), b as (select a.*, amount + 1 as more from a)
           select more, stage from b""",
        {"more": {AMOUNT}, "stage": {STAGE}},
    ),
    "all but": (
        "with a as (select * exclude (id, owner) from deals) select * from a",
        {"amount": {AMOUNT}, "stage": {STAGE}},
    ),
    "an alias used again": ("select amount as a, a * 2 as b from deals", {"a": {AMOUNT}, "b": {AMOUNT}}),
    "a condition is a value, a filter is not": (
        """select sum(case when stage = 'x' then amount end) filter (where id > 1) as x
           from deals where owner = 'a'""",
        {"x": {AMOUNT, STAGE, Origin("deals", "id")}},
    ),
    "union by position": (
        "select amount as a, stage as b from deals union all select name, owner from reps",
        {"a": {AMOUNT, Origin("reps", "name")}, "b": {STAGE, Origin("reps", "owner")}},
    ),
    "union by name": (
        "select amount as a, stage as b from deals union all by name select name as c, owner as b from reps",
        {"a": {AMOUNT}, "b": {STAGE, Origin("reps", "owner")}, "c": {Origin("reps", "name")}},
    ),
    "a query inside": (
        "select (select max(is_bad) from flags where flags.id = deals.id) as x from deals",
        {"x": {Origin("flags", "is_bad")}},
    ),
    "window": (
        "select row_number() over (partition by owner order by amount) as n from deals",
        {"n": {OWNER, AMOUNT}},
    ),
    "unnest": (
        "select one.part as x from deals, unnest(string_split(stage, ',')) as one (part)",
        {"x": {STAGE}},
    ),
    "landing's files": (
        """select "Amount" as x from (select null as "Amount" where 1 = 0
           union all by name select * from read_parquet(['a', 'b'], union_by_name = true)) as landed""",
        {"x": {Origin(FILES, "Amount")}},
    ),
    "a table that nobody knows": ("select secret as x from elsewhere", {"x": set()}),
    "not SQL": ("selec amount frm", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_origins(name: str) -> None:
    sql, expected = CASES[name]
    assert {column: set(origins) for column, origins in column_origins(sql, TABLES).items()} == expected


def test_a_recursive_query_ends() -> None:
    sql = "with recursive a as (select id from deals union all select id + 1 from a) select id from a"
    assert column_origins(sql, TABLES) == {"id": frozenset({Origin("deals", "id")})}


def node(name: str, sql: str, *parents: str) -> dict[str, object]:
    return {
        "name": name, "resource_type": "model", "language": "sql", "compiled_code": sql,
        "depends_on": {"nodes": list(parents)},
    }  # fmt: skip


def test_from_the_mart_to_the_field_of_the_source() -> None:
    staging = """select "Amount" / 100 as amount, "Owner" as owner, _loaded_at
                 from read_parquet(['f'], union_by_name = true)"""
    mart = "select owner, sum(amount) as total, max(_loaded_at) as at from stg_deals"
    manifest = {
        "sources": {"source.p.crm.Deal": {"source_name": "crm", "name": "Deal"}},
        "nodes": {
            "a": node("stg_deals", staging, "source.p.crm.Deal"),
            "b": node("rpt_deals", mart, "a"),
            "c": {"name": "seen", "resource_type": "seed"},
        },
    }  # fmt: skip
    lineage = project_lineage(manifest, {"stg_deals": ["amount", "owner", "_loaded_at"]})
    assert lineage["rpt_deals"]["total"] == [Origin("stg_deals", "amount")]
    assert source_fields(lineage, "rpt_deals") == {
        "owner": [Origin("crm.Deal", "Owner")],
        "total": [Origin("crm.Deal", "Amount")],
        "at": [],  # the time of the load is landing's, not the source's
    }
    assert source_fields(lineage, "not_there") == {}
