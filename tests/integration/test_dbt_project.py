"""The dbt project by itself: every system enabled, nothing landed, and every unit test of a model."""

import json
import os
import subprocess
import sys
from pathlib import Path

from orchestration.settings import DBT_PROJECT_DIR
from tests.conftest import all_systems


def test_everything_builds_without_data_and_every_unit_test_passes(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PIPELINE_")}
    env |= {
        "PIPELINE_WAREHOUSE": str(tmp_path / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
    }
    folders = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
    options = [
        "--vars",
        json.dumps({"systems": all_systems()}),
        "--log-path",
        str(tmp_path / "logs"),
        "--quiet",
    ]
    done = subprocess.run(
        [str(Path(sys.executable).parent / "dbt"), "build", *folders, *options],
        env=env, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    unit_tests = [result for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(unit_tests) > 60
    assert not [
        result["unique_id"] for result in results if result["status"] not in ("success", "pass", "no-op")
    ]  # exposures
