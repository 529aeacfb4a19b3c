"""Turns of whole builds, which measures 1, 2 and 8 share: a day lands, the build that goes on from the day
before, a rebuild from the same landing, the rebuild's statements by DuckDB alone; what they made is compared.

Belongs here: the four of a turn, what each took, and that they made the same rows. A turn is interrupted and
gone on with at each of them.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench.day import land_day, landed_rows
from bench.homes import ENVIRONMENT, MEMORY_LIMIT, beside, run_apart
from bench.plain_build import Statement, run_plainly, statements
from bench.task import Task
from orchestration.lib import builds, dbt_project
from orchestration.lib.content import contents, quoted
from orchestration.lib.timings import read_timings
from orchestration.lib.warehouse import read_warehouse, warehouse_build_id
from orchestration.settings import Settings

_OF_THE_BUILD = {"meta_build"}  # its id and times
_COMPILED = "compiled.json"


def turns(task: Task) -> list[dict[str, Any]]:
    """Of each turn `incremental` and `rebuild` (whole builds in processes of their own: `seconds`,
    `cpu_seconds`, `peak_bytes`, `dbt_seconds` with dbt's start, `nodes_seconds` from the first node to the
    last, `by_node`), `plain` (`seconds`, `cpu_seconds`, `by_node`, `statements` without their code),
    `landed_rows`, `landed_before` and `tables_compared`.

    Raises RuntimeError where the incremental build or DuckDB alone made another row than the rebuild.
    """
    return [_turn(task, number) for number in range(1, task.repeats + 1)]


def _turn(task: Task, number: int) -> dict[str, Any]:
    # beside the size's landing and not in `work`: a turn outlives an interruption
    folder = task.homes.settings(task.size).home / "turn"
    part = partial(_part, task, number)
    landed = part("a day lands", lambda: _landed(task.homes.built(task.size), folder))
    day, rebuilt = (
        Settings(folder / name, task.homes.settings(task.size).sources_file) for name in ("day", "rebuilt")
    )
    found = {
        "incremental": part("incremental", lambda: _built(day)),
        "rebuild": part("rebuild", lambda: _built(rebuilt)),
        "plain": part("DuckDB alone", lambda: _by_duckdb(rebuilt, folder / "plain")),
        **landed,
        **part("compared", lambda: _compared(day, rebuilt)),
    }
    for settings in (day, rebuilt):
        _keep_parsed_project(settings)
    shutil.rmtree(folder, ignore_errors=True)
    return found


def _part(task: Task, number: int, name: str, work: Any) -> dict[str, Any]:
    return task.shared(f"turns {task.size}", f"{number}: {name}", work)


def _landed(built: Settings, folder: Path) -> dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)
    day = _copied(built, folder / "day")
    before = landed_rows(day)
    rows = land_day(day)
    systems = builds.read_manifest(built, warehouse_build_id(built))["systems"]
    for settings in (day, beside(day, folder / "rebuilt")):
        _parse_project(settings, systems)
    return {"landed_rows": rows, "landed_before": before}


def _built(settings: Settings) -> dict[str, Any]:
    cost = run_apart(settings, "build")
    build_id = warehouse_build_id(settings)
    path = builds.build_dir(settings, build_id) / dbt_project.RUN_RESULTS
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    times = [datetime.fromisoformat(step[end]) for result in results for step in result["timing"]
             for end in ("started_at", "completed_at")]  # fmt: skip
    return cost | {
        "dbt_seconds": read_timings(settings, build_id)["steps"]["dbt"],
        "nodes_seconds": (max(times) - min(times)).total_seconds(),
        "by_node": {result["unique_id"]: round(result["execution_time"], 3) for result in results},
    }


def _by_duckdb(rebuilt: Settings, folder: Path) -> dict[str, Any]:
    path = builds.build_dir(rebuilt, warehouse_build_id(rebuilt)) / dbt_project.RUN_RESULTS
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    manifest = json.loads(dbt_project.manifest_path(rebuilt).read_text(encoding="utf-8"))
    with read_warehouse(rebuilt) as connection:
        nodes = statements(results, manifest, connection)
        marts = contents(connection, [node.name for node in nodes if node.layer.startswith("marts")])
    ran = run_plainly(nodes, folder, MEMORY_LIMIT)
    other = sorted(name for name, content in marts.items() if ran.marts.get(name) != content.hash)
    if other:
        raise RuntimeError(f"DuckDB alone made other rows than dbt in: {', '.join(other)}")
    shutil.rmtree(folder)
    return {
        "seconds": ran.seconds,
        "cpu_seconds": ran.cpu_seconds,
        "by_node": ran.by_node,
        "statements": [vars(replace(node, code="")) for node in nodes],
    }


def statements_of(turn: dict[str, Any]) -> list[Statement]:
    """The nodes of a turn's rebuild, without their code."""
    return [Statement(**each) for each in turn["plain"]["statements"]]


def _copied(built: Settings, folder: Path) -> Settings:
    """A home with a landing, a ledger and a warehouse of its own. Files that nobody writes to are links."""
    folder.mkdir(parents=True)
    for name in ("landing", "builds", "published"):
        shutil.copytree(built.home / name, folder / name, symlinks=True, copy_function=_link_or_copy)
    shutil.copy2(built.warehouse, folder / built.warehouse.name)
    return Settings(home=folder, sources_file=built.sources_file)


def _link_or_copy(source: str, target: str) -> None:
    if Path(source).suffix in (".parquet", ".duckdb"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _parse_project(settings: Settings, systems: Sequence[str]) -> None:
    """Neither build is the first after a change of the models or in its folder: both find them parsed. dbt
    parses all anew (10 s) where the warehouse's path is another, so what is kept is kept by home."""
    kept = _parsed_before(settings)
    if kept.exists():
        settings.work.mkdir(exist_ok=True)
        kept.rename(dbt_project.target_path(settings))
    with dbt_project.environment(ENVIRONMENT):  # the profile's variables are parsed with the rest
        dbt_project.ensure_parsed(settings, systems)


def _keep_parsed_project(settings: Settings) -> None:
    if dbt_project.target_path(settings).exists():
        kept = _parsed_before(settings)
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(exist_ok=True)
        dbt_project.target_path(settings).rename(kept)


def _parsed_before(settings: Settings) -> Path:
    return settings.home.parent.parent / "parsed" / settings.home.name


def _compared(left: Settings, right: Settings) -> dict[str, Any]:
    """Number of published tables, every row of which is the same in both homes."""
    found = []
    for settings in (left, right):
        with duckdb.connect(
            str((settings.published / "current.duckdb").resolve()), read_only=True
        ) as connection:
            tables = connection.execute("select table_name from duckdb_tables()").fetchall()
            found.append(contents(connection, sorted({name for (name,) in tables} - _OF_THE_BUILD)))
    differing = sorted(
        name for name in set(found[0]) | set(found[1]) if found[0].get(name) != found[1].get(name)
    )
    if differing:
        raise RuntimeError(
            f"what was built on and what was built anew differ: {_rows_that_differ(left, right, differing)}"
        )
    return {"tables_compared": len(found[0])}


def _rows_that_differ(left: Settings, right: Settings, tables: list[str]) -> dict[str, str]:
    counts = {}
    with duckdb.connect() as connection:
        for name, settings in (("l", left), ("r", right)):
            served = (settings.published / "current.duckdb").resolve()
            connection.execute(f"attach '{served}' as {name} (read_only)")
        for table in tables:
            try:
                rows = [
                    connection.execute(
                        f"select count(*) from (from {a}.{quoted(table)} except all from {b}.{quoted(table)})"
                    ).fetchone()
                    for a, b in (("l", "r"), ("r", "l"))
                ]
                counts[table] = ", ".join(str(row[0]) for row in rows if row)
            except duckdb.Error as error:
                counts[table] = str(error).splitlines()[0]
    return counts
