"""dbt's artifacts of a build: kept compressed, each as long as the settings say."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from orchestration.lib import builds
from orchestration.lib.build_artifacts import MANIFEST, RUN_RESULTS, keep_artifacts, retire_artifacts
from orchestration.lib.dbt_project import manifest_path
from tests.unit.published_marts import make_home

NOW = datetime(2026, 7, 20, tzinfo=UTC)  # the builds of published_marts began on 1 July


def test_what_dbt_did_can_be_read_later(tmp_path: Path) -> None:
    settings = make_home(tmp_path, "b1")
    folder = settings.builds / "b1"
    plain = (folder / "run_results.json").read_bytes()
    assert keep_artifacts(settings, "b1") == [folder / MANIFEST, folder / RUN_RESULTS]
    assert json.loads(gzip.decompress((folder / MANIFEST).read_bytes())) == builds.read_json(
        manifest_path(settings)
    )
    assert gzip.decompress((folder / RUN_RESULTS).read_bytes()) == plain
    before = (folder / MANIFEST).read_bytes()
    keep_artifacts(settings, "b1")
    assert (folder / MANIFEST).read_bytes() == before
    assert not list(folder.glob(".*"))


def test_a_build_that_ended_before_dbt_wrote_results_keeps_what_there_is(tmp_path: Path) -> None:
    settings = make_home(tmp_path, "b1")
    (settings.builds / "b1" / "run_results.json").unlink()
    assert keep_artifacts(settings, "b1") == [settings.builds / "b1" / MANIFEST]


def test_they_go_after_their_days_and_the_ledger_stays(tmp_path: Path) -> None:
    for build_id in ("b1", "b2"):
        settings = make_home(tmp_path, build_id)
        keep_artifacts(settings, build_id)
    old, latest = settings.builds / "b1", settings.builds / "b2"
    retire_artifacts(settings, "b2", NOW)
    assert sorted(path.name for path in old.iterdir()) == [MANIFEST, RUN_RESULTS, "manifest.json"]
    retire_artifacts(replace(settings, keep_build_days=10), "b2", NOW)
    assert [path.name for path in old.iterdir()] == ["manifest.json"]
    assert {MANIFEST, RUN_RESULTS, "run_results.json"} <= {path.name for path in latest.iterdir()}
