"""Homes of the generated organisation in the benchmark's sizes: landed once, built with the code of today.

Belongs here: making them and knowing whether they are still what the code would make.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.journal import code_fingerprint
from orchestration.lib import builds, dbt_project
from orchestration.lib.warehouse import warehouse_build_id
from orchestration.settings import DEFAULT_SOURCES, PROJECT_ROOT, Settings

# 16x: 1 M leads, 375 k opportunities, 9.9 M activities, 3.9 M calendar occurrences (per rep).
# largest: beside a mail tool that logs by itself: 400 k opportunities, 18.3 M activities, 4.2 M occurrences.
SCALES = {"demo": 1.0, "1x": 15.625, "4x": 62.5, "16x": 250.0, "largest": 800 / 3}
CADENCE_EMAILS = {"largest": 14}  # per lead
ONCE = ("16x", "largest")  # a build each takes twenty minutes and more
_LANDING_CODE = (PROJECT_ROOT / "orchestration" / "sources" / "demo",)
_LANDED, _BUILT = "landed.json", "built.json"
MEMORY_LIMIT = "4GB"
ENVIRONMENT = {  # of every run of the pipeline that is measured
    "PIPELINE_MEMORY_LIMIT": MEMORY_LIMIT,
    # one version is enough to read from; at 16x each takes gigabytes
    "PIPELINE_KEEP_VERSIONS": "1",
    "PIPELINE_KEEP_DAYS": "0",
    "PIPELINE_KEEP_BUILD_DAYS": "0",
}


@dataclass(frozen=True)
class Homes:
    """The homes under `root`, one per size."""

    root: Path

    def settings(self, size: str) -> Settings:
        """Where the home of a size lies, landed or not."""
        home = self.root / size
        return Settings(home=home, sources_file=home / "sources.yaml")

    def landed(self, size: str) -> Settings:
        """A home whose landing is what the generator of today makes; made where it is not."""
        settings = self.settings(size)
        demo = {"scale": SCALES[size], "cadence_emails_per_lead": CADENCE_EMAILS.get(size, 0)}
        made_of = demo | {"code": code_fingerprint(_LANDING_CODE)}
        if (_read(settings.home / _LANDED) or {}).get("made_of") != made_of:
            shutil.rmtree(settings.home, ignore_errors=True)
            settings.home.mkdir(parents=True)
            document = yaml.safe_load(DEFAULT_SOURCES.read_text(encoding="utf-8"))
            document["sources"][0] |= demo
            settings.sources_file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
            cost = run_apart(settings, "ingest")
            builds.write_json(settings.home / _LANDED, {"made_of": made_of, "cost": cost})
        return settings

    def landing_cost(self, size: str) -> dict[str, Any]:
        """What `run_apart` gave when the landing was made."""
        return dict((_read(self.landed(size).home / _LANDED) or {})["cost"])

    def build(self, size: str) -> dict[str, Any]:
        """Build, check and publish anew from landing; gives what `run_apart` does."""
        settings = self.landed(size)
        (settings.home / _BUILT).unlink(missing_ok=True)
        cost = run_apart(settings, "build", "--from-landing")
        builds.write_json(settings.home / _BUILT, {"code": code_fingerprint(), "cost": cost})
        return cost

    def built(self, size: str) -> Settings:
        """A home that was built, checked and published with the code of today."""
        settings = self.landed(size)
        if (_read(settings.home / _BUILT) or {}).get("code") != code_fingerprint():
            self.build(size)
        return settings


def beside(settings: Settings, folder: Path) -> Settings:
    """A new empty home in `folder` that reads the same landing (a link) and the same sources file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "landing").symlink_to(settings.landing, target_is_directory=True)
    return Settings(home=folder, sources_file=settings.sources_file)


def twin(settings: Settings, folder: Path) -> tuple[Settings, dict[str, Any]]:
    """A new home in `folder` with what gate and publisher need of a built one, and its build's manifest.

    The warehouse is the same file (a hard link): both only read it. Nothing is published there yet.
    """
    build_id = warehouse_build_id(settings)
    fresh = Settings(home=folder, sources_file=settings.sources_file)
    ledger, parsed = builds.build_dir(fresh, build_id), dbt_project.manifest_path(fresh)
    ledger.mkdir(parents=True)
    parsed.parent.mkdir(parents=True)
    fresh.warehouse.hardlink_to(settings.warehouse)
    for name in (builds.MANIFEST, builds.VERDICT, dbt_project.RUN_RESULTS):
        shutil.copy2(builds.build_dir(settings, build_id) / name, ledger / name)
    shutil.copy2(dbt_project.manifest_path(settings), parsed)
    return fresh, builds.read_manifest(fresh, build_id)


def run_apart(settings: Settings, *arguments: str) -> dict[str, Any]:
    """Run `python -m orchestration …` in a process of its own, so that its peak of memory is its own.

    Gives `seconds` (wall, from the first import on), `cpu_seconds` and `peak_bytes`. Raises RuntimeError
    with the end of what it said where it fails.
    """
    environment = {**os.environ, **settings.environment(), **ENVIRONMENT}
    done = subprocess.run(
        [sys.executable, "-m", "bench.apart", *arguments],
        cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = f"{done.stdout[-1000:]}\n{done.stderr[-2000:]}"
        raise RuntimeError(f"orchestration {' '.join(arguments)} failed:\n{said}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
