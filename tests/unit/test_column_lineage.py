"""Which columns a column is made from, on the shapes of SQL that the models use."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration.lib import lineage as project
from orchestration.lib.column_lineage import FILES, Columns, Origin, column_origins
from orchestration.lib.lineage import project_lineage, read_lineage, source_fields, trace, write_lineage
from orchestration.settings import Settings

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


MODELS = {
    "a": node("deals", "select id, owner, amount, stage from read_parquet(['a'])", "source.p.crm.Deal"),
    "b": node("big", "select *, owner || 'a' as who from wh.main.deals", "a"),
    "c": node("few", "select id from wh.main.big where who = 'a'", "b"),
}
SOURCES = {"source.p.crm.Deal": {"source_name": "crm", "name": "Deal"}}
RELATIONS = {"deals": TABLES["deals"], "big": [*TABLES["deals"], "who"], "few": ["id"]}


def retraced(
    monkeypatch: pytest.MonkeyPatch, nodes: dict[str, dict[str, object]], relations: dict[str, list[str]]
) -> set[str]:
    """Models that are parsed again where all of MODELS are known."""
    known = trace({"nodes": MODELS, "sources": SOURCES}, RELATIONS, {})
    parsed: list[str] = []

    def parse(sql: str, read: Mapping[str, Sequence[str]]) -> Columns:
        parsed.append(sql)
        return column_origins(sql, read)

    monkeypatch.setattr(project, "column_origins", parse)
    found = trace({"nodes": nodes, "sources": SOURCES}, relations, known)
    monkeypatch.undo()
    assert found == trace({"nodes": nodes, "sources": SOURCES}, relations, {}), "as if nothing were known"
    return {str(each["name"]) for each in nodes.values() if each["compiled_code"] in parsed}


def test_only_what_has_changed_is_traced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert retraced(monkeypatch, MODELS, RELATIONS) == set()
    files = node(
        "deals", "select id, owner, amount, stage from read_parquet(['a', 'b'])", "source.p.crm.Deal"
    )
    assert retraced(monkeypatch, MODELS | {"a": files}, RELATIONS) == set(), "another build's files"
    amount = node("big", "select *, stage || 'a' as who from wh.main.deals", "a")
    assert retraced(monkeypatch, MODELS | {"b": amount}, RELATIONS) == {"big"}
    wider = RELATIONS | {"deals": [*TABLES["deals"], "closed_at"]}
    assert retraced(monkeypatch, MODELS, wider) == {"big"}, "`select *` has a column more"
    other = {"source.p.crm.Deal": {"source_name": "crm", "name": "Opportunity"}}
    known = trace({"nodes": MODELS, "sources": SOURCES}, RELATIONS, {})
    renamed = trace({"nodes": MODELS, "sources": other}, RELATIONS, known)
    assert renamed["deals"].columns["amount"] == [Origin("crm.Opportunity", "amount")]


def test_other_code_traces_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    known = trace({"nodes": MODELS, "sources": SOURCES}, RELATIONS, {})
    monkeypatch.setattr(project, "_tracer", lambda: "newer")
    assert all(
        each.digest != known[model].digest
        for model, each in trace({"nodes": MODELS, "sources": SOURCES}, RELATIONS, known).items()
    )


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "7", '{"big": {"id": [["deals", "id"]]}}', '{"big": ["x", {"id": [7]}]}']
)
def test_what_is_kept_is_bounded_and_damage_is_mended(tmp_path: Path, damaged: str) -> None:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml")
    settings.work.mkdir()
    with duckdb.connect(str(settings.warehouse)) as connection:
        for table, columns in RELATIONS.items():
            connection.execute(f"create table {table} ({', '.join(f'{name} varchar' for name in columns)})")
    manifest = {"nodes": MODELS, "sources": SOURCES}
    expected = write_lineage(settings, manifest)
    assert expected["few"] == {"id": [Origin("big", "id")]}
    assert read_lineage(settings) == expected
    (settings.work / "column_lineage.json").write_text(damaged)
    assert read_lineage(settings) == {}
    assert write_lineage(settings, manifest) == expected
    part = MODELS | {"b": MODELS["b"] | {"compiled_code": None}}  # a build of some assets
    assert write_lineage(settings, manifest | {"nodes": part}) == expected
    del part["c"]
    assert set(write_lineage(settings, manifest | {"nodes": part})) == {"deals", "big"}
