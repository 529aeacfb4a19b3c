"""What every published mart must have, and how the layers may read each other."""

import importlib.util
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from orchestration.settings import PROJECT_ROOT

Node = Mapping[str, Any]
SUITES = PROJECT_ROOT / "expectations" / "suites"
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_", "rpt_", "leads_", "meta_"),
}
MAY_READ = {
    "staging": {"staging", "seeds", "source"},
    "intermediate": {"staging", "intermediate", "seeds"},
    "marts": {"intermediate", "marts", "seeds", "planning"},
}


def models(manifest: Mapping[str, Any], layer: str | None = None) -> Iterator[Node]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and (layer is None or node["fqn"][1] == layer):
            yield node


def layer_of(manifest: Mapping[str, Any], unique_id: str) -> str:
    if unique_id.startswith("source."):
        return "source"
    node = manifest["nodes"][unique_id]
    return "seeds" if node["resource_type"] == "seed" else str(node["fqn"][1])


def test_every_model_is_named_after_its_layer(manifest: Mapping[str, Any]) -> None:
    for node in models(manifest):
        assert node["name"].startswith(PREFIXES[node["fqn"][1]]), f"{node['name']} in {node['fqn'][1]}"


def test_layers_read_leftwards_only(manifest: Mapping[str, Any]) -> None:
    for node in models(manifest):
        layer = node["fqn"][1]
        wrong = [
            parent
            for parent in node["depends_on"]["nodes"]
            if layer_of(manifest, parent) not in MAY_READ[layer]
            # planning needs no union: its staging models are what marts read
            and not (layer == "marts" and ".stg_planning__" in parent)
        ]
        # what a calendar category or a lead verdict is, is decided once, in a mart of core or lead_quality
        wrong = [p for p in wrong if not (layer == "intermediate" and ".fct_calendar_events" in p)]
        assert not wrong, f"{node['name']} ({layer}) reads {wrong}"


def test_every_mart_is_complete(manifest: Mapping[str, Any]) -> None:
    for node in models(manifest, "marts"):
        name = node["name"]
        assert node["config"]["contract"]["enforced"], f"{name} has no enforced contract"
        assert len(node["description"]) > 40, f"{name}: say its grain in a sentence"
        assert (node["config"].get("meta") or {}).get("owner"), f"{name} has no owner (config.meta.owner)"
        undescribed = [
            c["name"] for c in node["columns"].values() if not c["description"] or not c["data_type"]
        ]
        assert not undescribed, f"{name}: columns without description or data_type: {undescribed}"
        assert (SUITES / f"{name}.yml").exists(), f"{name} has no suite in expectations/suites"


def test_every_suite_has_its_mart(manifest: Mapping[str, Any]) -> None:
    names = {node["name"] for node in models(manifest, "marts")}
    assert {path.stem for path in SUITES.glob("*.yml")} == names


def test_every_mart_has_a_data_test(manifest: Mapping[str, Any]) -> None:
    tested = {
        node.get("attached_node") for node in manifest["nodes"].values() if node["resource_type"] == "test"
    } | {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        for parent in node["depends_on"]["nodes"]
    }
    untested = [node["name"] for node in models(manifest, "marts") if node["unique_id"] not in tested]
    assert not untested, f"marts without a dbt data test: {untested}"


def test_a_column_that_may_be_null_is_not_tested_never_to_be(manifest: Mapping[str, Any]) -> None:
    """Such a test would keep a whole build from publication over what the column's own words allow."""
    wrong = [
        (node["attached_node"], column)
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "never_null"
        for column in node["test_metadata"]["kwargs"]["columns"]
        if re.search(r"\bnull\b", _description(manifest, node["attached_node"], column))
    ]
    assert not wrong


@pytest.mark.parametrize("kind", ["fct_", "rpt_"])
def test_facts_and_reports_say_their_moment(manifest: Mapping[str, Any], kind: str) -> None:
    for node in models(manifest, "marts"):
        if node["name"].startswith(kind):
            assert "as_of" in node["columns"], f"{node['name']} has no as_of column"


def test_no_model_calls_the_clock(manifest: Mapping[str, Any]) -> None:
    clocks = ("current_timestamp", "current_date", "now()", "today()", "get_current_timestamp")
    for node in models(manifest):
        found = [clock for clock in clocks if clock in node["raw_code"].lower()]
        assert not found, f"{node['name']} calls {found}: business time is the macro as_of()"


def test_published_marts_hold_no_contact_details(manifest: Mapping[str, Any]) -> None:
    private = {
        "email", "phone", "mobile_phone", "first_name", "last_name", "full_name", "street", "birth_date",
        "attendees", "notes",
    }  # fmt: skip
    for node in models(manifest, "marts"):
        found = private & set(node["columns"])
        assert not found, f"{node['name']} publishes {sorted(found)}"


def test_the_page_of_tables_says_what_the_models_say() -> None:
    spec = importlib.util.spec_from_file_location("generate", PROJECT_ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    page = (PROJECT_ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert page == generate.page(), "run `python docs/generate.py`"
    questions = (PROJECT_ROOT / "docs" / "questions" / "README.md").read_text(encoding="utf-8")
    assert questions == generate.questions_page(), "run `python docs/generate.py`"


def _description(manifest: Mapping[str, Any], unique_id: str, column: str) -> str:
    return str(manifest["nodes"][unique_id]["columns"].get(column, {}).get("description", ""))
