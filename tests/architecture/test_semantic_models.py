"""What the metrics stand on, and who reads the marts."""

from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]


def test_measures_stand_on_facts(manifest: Manifest) -> None:
    """A ratio of a report cannot be summed over reps; facts and dimensions can be grouped anyhow."""
    for model in manifest["semantic_models"].values():
        table = model["node_relation"]["alias"]
        allowed = "fct_" if model["measures"] else ("fct_", "dim_")
        assert table.startswith(allowed), f"semantic model {model['name']} stands on {table}"


def test_everything_that_can_be_asked_for_is_described(manifest: Manifest) -> None:
    for model in manifest["semantic_models"].values():
        parts = [*model["measures"], *model["dimensions"], model]
        assert not [part["name"] for part in parts if not part["description"]], model["name"]
    assert not [metric["name"] for metric in manifest["metrics"].values() if not metric["description"]]


def test_exposures_say_who_reads_which_marts(manifest: Manifest) -> None:
    assert len(manifest["exposures"]) >= 5
    for exposure in manifest["exposures"].values():
        name = exposure["name"]
        assert exposure["owner"]["name"], f"exposure {name} has no owner"
        assert len(exposure["description"]) > 40, f"exposure {name}: say what it is for"
        read = [manifest["nodes"][node] for node in exposure["depends_on"]["nodes"]]
        private = [node["name"] for node in read if node["fqn"][1] != "marts"]
        assert read, f"exposure {name} reads nothing"
        assert not private, f"exposure {name} reads {private}, which is not published"
