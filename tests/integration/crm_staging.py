"""From a source to the rows of its staging models, without the marts: landed, then staged by dbt."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.landing import completed_ingests, feed_states, ingest, landing_files
from orchestration.settings import DBT_PROJECT_DIR, Settings
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry

Rows = list[dict[str, Any]]


def land(home: Path, url: str, system: str, now: datetime) -> None:
    """Ingest a CRM with a token as source `crm`."""
    section = {f"{system}_api": {"token_env": "T", "base_url": url}}
    facts = {"name": "crm", "system": system, "accept_shrink": True, **section}
    land_entry(home, SourceEntry.model_validate(facts), now, {"T": f"{system}-token"})


def land_entry(home: Path, entry: SourceEntry, now: datetime, secrets: Mapping[str, str]) -> None:
    """Ingest any source; `secrets`: the environment that it reads."""
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    feeds = open_feeds(
        entry,
        now=now,
        progress=lambda _: None,
        state=feed_states(settings, entry.name),
        secret=secrets.__getitem__,
    )
    ingest(settings, entry, feeds, now=now)


def staged(
    home: Path,
    system: str,
    now: datetime,
    time_zone: str = "America/New_York",
    models: Sequence[str] = (),
) -> dict[str, Rows]:
    """Rows of every staging model of a system, by what stands after `stg_<system>__`, and of some `models`
    beyond, which are made with all that they need."""
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    files = landing_files(settings, completed_ingests(settings, "crm"))
    manifest = {
        "as_of": f"{now:%Y-%m-%d %H:%M:%S}",
        "known_at": f"{now:%Y-%m-%d %H:%M:%S}",
        "systems": [system],
        "sources": [{"name": "crm", "system": system, "time_zone": time_zone}],
        "landing": {
            system: {
                name: [{"source_instance": "crm", "files": [str(path) for path in paths]}]
                for name, paths in files[system].items()
            }
        },
    }
    (home / "manifest.json").write_text(json.dumps(manifest))
    env = {
        **os.environ,
        "PIPELINE_WAREHOUSE": str(home / "warehouse.duckdb"),
        "PIPELINE_BUILD_MANIFEST": str(home / "manifest.json"),
        "DO_NOT_TRACK": "1",
    }
    folders = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
    done = subprocess.run(
        [str(Path(sys.executable).parent / "dbt"), "build", *folders,
         "--resource-type", "model", "--resource-type", "seed",
         "--select", f"staging.{system}", *(f"+{model}" for model in models),
         "--target-path", str(home / "target"), "--log-path", str(home / "logs")],
        env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema = 'staging' or table_name in (select unnest(?))",
            [list(models)],
        ).fetchall()
        return {
            name.removeprefix(f"stg_{system}__"): connection.execute(f"from {schema}.{name}")
            .to_arrow_table()
            .to_pylist()
            for schema, name in names
        }


def newest(snapshots: Rows) -> Rows:
    """The snapshots of what exists, each in the version that holds."""
    return [row for row in snapshots if row["is_latest"] and not row["is_deleted"]]


def by(rows: Rows, key: str) -> dict[Any, dict[str, Any]]:
    """Rows by a column, which must be unique."""
    found = {row[key]: row for row in rows}
    assert len(found) == len(rows), f"{key} is not unique: {[row[key] for row in rows]}"
    return found


def shown(row: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    """Some columns of a row as text."""
    return tuple(str(row[name]) if row[name] is not None else None for name in names)
