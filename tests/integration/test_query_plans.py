"""How DuckDB joins: a join that could be one of equal values must not compare every pair.

An outer join with a condition on one side only (`on a.id = b.id and a.kind = 'x'`) does. At the demo's
size nobody notices; at 16 times of it one such join took four of the build's six minutes.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.conftest import Ran

EQUALITY = re.compile(r"\(\w+ = \w+\)")
# Left as they are: one side is a list of the product's own or of the sources file, or a handful of stages.
SMALL = {"int_lead_email_flags", "int_lead_exemptions", "int_stages_resolved"}


def joins_of_pairs(plan: dict[str, Any]) -> Iterator[str]:
    """Conditions of the joins that compare every pair although they ask for equal values."""
    condition = str(plan.get("extra_info", {}).get("Condition", ""))
    if plan["name"].strip() == "BLOCKWISE_NL_JOIN" and EQUALITY.search(condition):
        yield condition
    for child in plan["children"]:
        yield from joins_of_pairs(child)


def test_no_model_compares_every_pair_for_equal_values(demo_run: tuple[Path, Ran]) -> None:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    compiled = (home / "work/dbt/compiled").rglob("models/**/*.sql")
    models = {path.stem: path for path in compiled if path.parent.suffix != ".yml"}  # those are its tests
    assert len(models) > 100
    found = {}
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name in models.keys() - SMALL:
            (row,) = connection.execute(f"explain (format json) {models[name].read_text()}").fetchall()
            if conditions := [c for plan in json.loads(row[1]) for c in joins_of_pairs(plan)]:
                found[name] = conditions
    remedy = "make the condition a column of its side, null where it does not hold, and join on it"
    assert not found, f"{remedy}: {found}"


def test_such_a_join_would_be_seen() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table a as select 1 as id, 'x' as kind; create table b as select 1 as id")
        (row,) = connection.execute(
            "explain (format json) select * from a left join b on a.id = b.id and a.kind = 'x'"
        ).fetchall()
    assert list(joins_of_pairs(json.loads(row[1])[0])), "DuckDB describes its plans differently now"
