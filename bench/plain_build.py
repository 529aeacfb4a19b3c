"""DuckDB's side of measure 1: the statements that dbt compiled, on one connection, into a new file.

Belongs here: making statements of dbt's artifacts and running them with nothing around them.
"""

import shutil
import time
import types
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.content import contents, quoted, text
from orchestration.settings import DBT_PROJECT_DIR

# As in dbt_project/profiles.yml, whose file bears the name that compiled relations have.
_DATABASE = "warehouse.duckdb"
_SETTINGS = ("set threads = 2", "set preserve_insertion_order = false",
             "set TimeZone = 'UTC'")  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """One node of the build. `kind`: seed, model or test; `layer`: folder of a model, else the kind;
    `relation`: quoted, None of a test; `is_view`; `code`: compiled SQL or Python, of a seed the select."""

    unique_id: str
    name: str
    kind: str
    layer: str
    language: str
    relation: str | None
    is_view: bool
    code: str


@dataclass(frozen=True)
class PlainRun:
    """`seconds` of everything, CPU seconds of all threads, seconds by node, and the hash of every mart."""

    seconds: float
    cpu_seconds: float
    by_node: dict[str, float]
    marts: dict[str, str]


def statements(
    results: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any], built: duckdb.DuckDBPyConnection
) -> list[Statement]:
    """Seeds, models and tests in the order in which dbt finished them, which is one that their references
    allow. `built` is asked for names and types of columns only."""
    found = []
    for result in results:
        node = manifest["nodes"].get(result["unique_id"])
        if node is None:  # an exposure: nothing runs
            continue
        kind = node["resource_type"]
        folders = node["fqn"][1:-1]
        found.append(
            Statement(
                unique_id=result["unique_id"],
                name=node["name"],
                kind=kind,
                layer="/".join(folders[:2]) if kind == "model" else kind,
                language=node.get("language") or "sql",
                relation=result["relation_name"] or (_relation(node) if kind != "test" else None),
                is_view=node["config"]["materialized"] == "view",
                code=_code(node, result["compiled_code"], built),
            )
        )
    return found


def run_plainly(nodes: Sequence[Statement], folder: Path, memory_limit: str) -> PlainRun:
    """Run all into a new file in `folder`, ending with a checkpoint as dbt's connection does."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    by_node: dict[str, float] = {}
    begun, begun_cpu = time.perf_counter(), time.process_time()
    with closing(duckdb.connect(str(folder / _DATABASE))) as connection:
        for setting in (
            *_SETTINGS,
            f"set memory_limit = {text(memory_limit)}",
            f"set temp_directory = {text(folder / 'spilled')}",
        ):
            connection.execute(setting)
        for schema in sorted({node.relation.split(".")[1] for node in nodes if node.relation}):
            connection.execute(f"create schema if not exists {schema}")
        for node in nodes:
            at = time.perf_counter()
            _run(connection, node)
            by_node[node.unique_id] = time.perf_counter() - at
        connection.execute("checkpoint")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    with closing(duckdb.connect(str(folder / _DATABASE), read_only=True)) as connection:
        marts = contents(connection, [node.name for node in nodes if node.layer.startswith("marts")])
    return PlainRun(seconds, cpu, by_node, {name: content.hash for name, content in marts.items()})


def _run(connection: duckdb.DuckDBPyConnection, node: Statement) -> None:
    if node.kind == "test":
        connection.execute(f"select count(*) from (\n{node.code}\n)").fetchall()
    elif node.language == "python":
        _run_python(connection, node)
    else:
        what = "view" if node.is_view else "table"
        connection.execute(f"create {what} {node.relation} as (\n{node.code}\n)")


def _run_python(connection: duckdb.DuckDBPyConnection, node: Statement) -> None:
    """The same function on the same relations; what dbt put around it gives the names of those."""
    module = types.ModuleType(node.name)
    exec(compile(node.code.lstrip(), node.name, "exec"), module.__dict__)  # noqa: S102 - our own models
    dbt = module.dbtObj(lambda relation: connection.query(f"select * from {relation}"))
    made = module.model(dbt, connection)
    # As dbt does: batches that are read from this connection are written by another.
    writer = connection if isinstance(made, duckdb.DuckDBPyRelation) else connection.cursor()
    writer.register("made", made)
    writer.execute(f"create table {node.relation} as select * from made")
    writer.unregister("made")


def _relation(node: Mapping[str, Any]) -> str:
    return ".".join(quoted(node[part]) for part in ("database", "schema", "alias"))


def _code(node: Mapping[str, Any], compiled: str, built: duckdb.DuckDBPyConnection) -> str:
    """A seed is read with the types that dbt gave it; a model with a contract has its columns in the
    contract's order."""
    is_seed = node["resource_type"] == "seed"
    if not is_seed and not node["config"].get("contract", {}).get("enforced"):
        return compiled
    described = built.execute(f"describe {_relation(node)}").fetchall()
    if not is_seed:
        return f"select {', '.join(quoted(name) for name, *_ in described)} from (\n{compiled}\n)"
    columns = ", ".join(f"{text(name)}: {text(kind)}" for name, kind, *_ in described)
    path = text(DBT_PROJECT_DIR / node["original_file_path"])
    return f"select * from read_csv({path}, header = true, columns = {{{columns}}}, nullstr = ['', 'null'])"
