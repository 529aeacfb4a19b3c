"""Where the time of a build went: every step and node once, sums by layer, the slowest first."""

from pathlib import Path

import pytest

from orchestration.lib import timings
from orchestration.lib.dbt_project import NodeResult
from orchestration.settings import Settings

NODES = {
    "model.p.stg_a": {"name": "stg_a", "fqn": ["p", "staging", "crm", "stg_a"]},
    "model.p.int_b": {"name": "int_b", "fqn": ["p", "intermediate", "int_b"]},
    "model.p.fct_c": {"name": "fct_c", "fqn": ["p", "marts", "core", "fct_c"]},
    "model.p.rpt_d": {"name": "rpt_d", "fqn": ["p", "marts", "rpt_d"]},
    "seed.p.codes": {"name": "codes", "fqn": ["p", "codes"]},
    "test.p.unique.1": {"name": "unique_c", "fqn": ["p", "marts", "core", "unique_c"]},
    "exposure.p.bi": {"name": "bi", "fqn": ["p", "bi"]},
}


def result(unique_id: str, seconds: float) -> NodeResult:
    return NodeResult(unique_id, "success", seconds, "", None)


def test_layers_add_up_and_the_slowest_come_first() -> None:
    seconds = dict(zip(NODES, (0.1, 0.2, 2.0, 1.0, 0.4, 3.0, 9.0), strict=True))
    found = timings.dbt_timings(
        [result(*item) for item in seconds.items()], NODES, {"fct_c": 5, "stg_a": 7, "unique_c": 1}
    )
    assert found["layers"] == [
        {"layer": "seeds", "nodes": 1, "seconds": 0.4},
        {"layer": "staging", "nodes": 1, "seconds": 0.1},
        {"layer": "intermediate", "nodes": 1, "seconds": 0.2},
        {"layer": "marts", "nodes": 2, "seconds": 3.0},
        {"layer": "tests", "nodes": 1, "seconds": 3.0},
    ]
    assert [each["node"] for each in found["slowest"]] == [
        "unique_c",
        "fct_c",
        "rpt_d",
        "codes",
        "int_b",
        "stg_a",
    ]
    assert [each["rows"] for each in found["slowest"]] == [None, 5, None, None, None, 7]
    assert found["models"]["fct_c"] == {"layer": "marts", "seconds": 2.0, "rows": 5}
    assert list(found["models"]) == ["fct_c", "int_b", "rpt_d", "stg_a"]


def test_only_so_many_are_named() -> None:
    found = timings.dbt_timings([result(f"test.p.t{n}", n) for n in range(40)], {}, {})
    assert [each["seconds"] for each in found["slowest"]] == list(range(39, 24, -1))
    assert found["layers"] == [{"layer": "tests", "nodes": 40, "seconds": 780}]


def test_steps_are_noted_beside_what_is_known(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "sources.yaml")
    assert timings.read_timings(settings, "b")["steps"] == {}
    timings.add_step(settings, "b", "manifest", 1.23456)
    timings.add_dbt(settings, "b", [result("model.p.fct_c", 2.0)], NODES, {"fct_c": 5})
    timings.add_step(settings, "b", "gate", 3)
    timings.add_step(settings, "b", "gate", 4)
    known = timings.read_timings(settings, "b")
    assert known["steps"] == {"manifest": 1.235, "gate": 4}
    assert known["models"]["fct_c"]["rows"] == 5
    with pytest.raises(ValueError, match="none of manifest, dbt"):
        timings.add_step(settings, "b", "lunch", 1)
