"""2: a build that goes on from the last one, after a day on which one record in a hundred is new or changed,
against a rebuild from the same landing; every published row of both compared.

Belongs here: the day, the two homes, the comparison. The day lands through the ordinary road: row boundary,
comparison with what has landed, dlt, ledger.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bench.homes import beside, run_apart
from bench.task import Task
from bench.timing import ratios
from orchestration.catalog import objects_of
from orchestration.lib import dbt_project
from orchestration.lib.content import quoted
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.landing import ingest
from orchestration.lib.landing_current import source_columns
from orchestration.lib.landing_files import landing_files
from orchestration.records import SOURCE_FILE, SOURCE_ROW, Batch, ObjectFeed
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file

AIM = 0.2
# What somebody edits in a record of each object; history is only added to.
EDITED: Mapping[tuple[str, str], str | None] = {
    ("salesforce", "Account"): "Industry",
    ("salesforce", "Contact"): "Title",
    ("salesforce", "Lead"): "Title",
    ("salesforce", "LeadHistory"): None,
    ("salesforce", "Opportunity"): "NextStep",
    ("salesforce", "OpportunityFieldHistory"): None,
    ("salesforce", "OpportunityHistory"): None,
    ("salesforce", "Task"): "Subject",
    ("google_calendar", "events"): "summary",
}
_OF_THE_BUILD = {"meta_build"}  # its id and times
_SLOWEST = 12


def measure(task: Task) -> dict[str, Any]:
    """Seconds of both builds and their ratio, by turns. Raises RuntimeError where a published row differs."""
    runs = [
        task.part(f"turn {turn}", partial(_turn, task.work / str(turn), task.homes.built(task.size)))
        for turn in range(task.repeats)
    ]
    dbt = [[run[name]["dbt_seconds"] for run in runs] for name in ("incremental", "rebuild")]
    whole = [[run[name]["seconds"] for run in runs] for name in ("incremental", "rebuild")]
    cpu = [[run[name]["cpu_seconds"] for run in runs] for name in ("incremental", "rebuild")]
    return {
        "aim": AIM,
        "incremental_of_rebuild_wall": ratios(*whole),
        "incremental_of_rebuild_cpu": ratios(*cpu),
        "incremental_of_rebuild_dbt_wall": ratios(*dbt),
        "landed_rows_of_the_day": runs[0]["landed_rows"],
        "landed_rows_before": runs[0]["landed_before"],
        "published_tables_compared": runs[0]["tables_compared"],
        "seconds": {
            f"{name} {kind}": sum(run[name][kind] for run in runs) / task.repeats
            for name in ("incremental", "rebuild")
            for kind in ("seconds", "cpu_seconds", "dbt_seconds")
        },
        "slowest_nodes_of_the_incremental_build": runs[0]["incremental"]["slowest"],
    }


def _turn(folder: Path, built: Settings) -> dict[str, Any]:
    day = _copied(built, folder / "day")
    before = sum(item["landed_rows"] for record in _records(day) for item in record["objects"])
    landed = land_day(day)
    rebuilt = beside(day, folder / "rebuilt")
    _copy_parsed_project(built, rebuilt)
    costs = {
        name: run_apart(settings, "build") | _dbt(settings)
        for name, settings in (("incremental", day), ("rebuild", rebuilt))
    }
    compared = _compare(day, rebuilt)
    shutil.rmtree(folder)
    return {**costs, "landed_rows": landed, "landed_before": before, "tables_compared": compared}


def land_day(settings: Settings) -> int:
    """Land one day: of every object of EDITED one record in 200 edited and one in 200 new, a little changed.
    Returns the rows that landed. Raises RuntimeError where less than half of them did."""
    (entry,) = load_sources_file(settings.sources_file).sources
    landed = landing_files(settings, completed_ingests(settings, entry.name))
    with duckdb.connect() as connection:
        feeds = [
            _feed(connection, system, name, column, [str(path) for path in landed[system][name]])
            for (system, name), column in EDITED.items()
        ]
        report = ingest(settings, entry, iter(feeds), now=datetime.now(UTC))
    rows = sum(item.landed_rows for item in report.objects)
    if 2 * rows < sum(item.read_rows for item in report.objects) or not rows:
        raise RuntimeError(f"the day was to change one record in a hundred, and {rows} rows landed")
    return rows


def _feed(
    connection: duckdb.DuckDBPyConnection, system: str, name: str, edited: str | None, files: Sequence[str]
) -> ObjectFeed:
    key = objects_of(system)[name].key
    columns = source_columns(connection, files)
    shown = ", ".join(quoted(column) for column in columns)
    landed = (
        f"select {shown}, hash(_record_key) % 200 as pick from read_parquet($files) where _change = 'upsert'"
    )
    own = quoted(key[-1])
    # A Salesforce id begins with three characters that say of what; the text must stay as long.
    renamed = f"substr({own}, 1, 3) || 'N' || substr({own}, 5)"
    parts = [f"select * replace ({renamed} as {own}) from landed where pick = 1"]
    if edited is not None:
        text = quoted(edited)
        parts.append(f"select * replace ({text} || ' (edited)' as {text}) from landed where pick = 0")
    rows = connection.execute(
        f"with landed as ({landed}) select * exclude (pick) from ({' union all '.join(parts)})",
        {"files": list(files)},
    ).to_arrow_table()
    return ObjectFeed(
        system=system,
        object=name,
        key=key,
        is_complete=False,
        files=("the day",),
        batches=_batches(rows),
    )


def _batches(rows: pa.Table) -> Iterator[Batch]:
    count = rows.num_rows
    rows = rows.append_column(SOURCE_FILE, pa.array(["the day"] * count, pa.string()))
    yield Batch(rows.append_column(SOURCE_ROW, pa.array(range(1, count + 1), pa.int64())))


def _copied(built: Settings, folder: Path) -> Settings:
    """A home with a landing, a ledger and a warehouse of its own. Files that nobody writes to are links."""
    folder.mkdir(parents=True)
    for name in ("landing", "builds", "published"):
        shutil.copytree(built.home / name, folder / name, symlinks=True, copy_function=_link_or_copy)
    shutil.copy2(built.warehouse, folder / built.warehouse.name)
    settings = Settings(home=folder, sources_file=built.sources_file)
    _copy_parsed_project(built, settings)
    return settings


def _link_or_copy(source: str, target: str) -> None:
    if Path(source).suffix in (".parquet", ".duckdb"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _copy_parsed_project(built: Settings, settings: Settings) -> None:
    """Neither build is the first after a change of the models: both find them parsed."""
    target = dbt_project.target_path(settings)
    shutil.copytree(dbt_project.target_path(built), target, dirs_exist_ok=True)


def _records(settings: Settings) -> list[dict[str, Any]]:
    (entry,) = load_sources_file(settings.sources_file).sources
    return completed_ingests(settings, entry.name)


def _dbt(settings: Settings) -> dict[str, Any]:
    """What dbt took in the newest build: of all nodes, and of the slowest."""
    path = max(settings.builds.glob(f"*/{dbt_project.RUN_RESULTS}"), key=lambda each: each.stat().st_mtime)
    document = json.loads(path.read_text(encoding="utf-8"))
    slowest = sorted(document["results"], key=lambda item: -item["execution_time"])[:_SLOWEST]
    return {
        "dbt_seconds": round(document["elapsed_time"], 2),
        "slowest": [
            {"node": item["unique_id"], "seconds": round(item["execution_time"], 2)} for item in slowest
        ],
    }


def _compare(left: Settings, right: Settings) -> int:
    """Number of published tables, every row of which is the same in both homes."""
    differing = {}
    with duckdb.connect() as connection:
        for name, settings in (("l", left), ("r", right)):
            served = (settings.published / "current.duckdb").resolve()
            connection.execute(f"attach '{served}' as {name} (read_only)")
        sql = "select table_name from duckdb_tables() where database_name = ? order by all"
        tables, others = (
            [row[0] for row in connection.execute(sql, [each]).fetchall()] for each in ("l", "r")
        )
        if tables != others:
            raise RuntimeError(f"one publishes other tables: {set(tables) ^ set(others)}")
        for table in sorted(set(tables) - _OF_THE_BUILD):
            counts = [
                connection.execute(
                    f"select count(*) from (from {a}.{quoted(table)} except all from {b}.{quoted(table)})"
                ).fetchone()
                for a, b in (("l", "r"), ("r", "l"))
            ]
            if any(count and count[0] for count in counts):
                differing[table] = counts
    if differing:
        raise RuntimeError(f"what was built on and what was built anew differ: {differing}")
    return len(tables) - len(_OF_THE_BUILD)
