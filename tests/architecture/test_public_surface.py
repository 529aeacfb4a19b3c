"""The public surface (assets, jobs, schedules, mart columns) against a snapshot that always runs.

After a deliberate change: `UPDATE_PUBLIC_SURFACE=1 make test`, then read the difference.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.defs.assemble import build_definitions
from orchestration.settings import PROJECT_ROOT, Settings

SNAPSHOT = Path(__file__).parent / "public_surface.json"
MARTS_CONTRACT = Path(__file__).parent / "bi_contract.json"


def test_public_surface_is_as_agreed(manifest: Mapping[str, Any], tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources_file=PROJECT_ROOT / "orchestration" / "sources.yaml")
    definitions = build_definitions(settings)
    repository = definitions.get_repository_def()
    surface = {
        "assets": sorted(key.to_user_string() for key in repository.asset_graph.get_all_asset_keys()),
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": sorted(schedule.name for schedule in repository.schedule_defs),
        "marts": {
            node["name"]: {name: column["data_type"] for name, column in node["columns"].items()}
            for node in sorted(manifest["nodes"].values(), key=lambda node: node["name"])
            if node["resource_type"] == "model" and node["fqn"][1] == "marts"
        },
    }
    if os.environ.get("UPDATE_PUBLIC_SURFACE"):
        SNAPSHOT.write_text(json.dumps(surface, indent=1) + "\n")
    assert surface == json.loads(SNAPSHOT.read_text()), (
        "the public surface changed; see this file's first lines"
    )


def test_marts_keep_the_contract_with_bi(manifest: Mapping[str, Any]) -> None:
    """A model may have more columns than the contract names, never fewer."""
    agreed = json.loads(MARTS_CONTRACT.read_text())
    marts = {
        node["name"]: set(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    for table, columns in agreed.items():
        assert table in marts, f"mart {table} is gone"
        assert not set(columns) - marts[table], f"{table} lacks {sorted(set(columns) - marts[table])}"
