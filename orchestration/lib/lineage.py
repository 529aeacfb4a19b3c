"""Column lineage of the whole project: from a mart's column to the fields of the source.

Belongs here: all models at once, keeping the result, following it to its end. Reading one statement is
`column_lineage`. The result is kept in `work/`: what a build makes anew.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.lib.column_lineage import FILES, Origin, column_origins
from orchestration.lib.warehouse import read_warehouse
from orchestration.settings import Settings

Lineage = dict[str, dict[str, list[Origin]]]


def project_lineage(manifest: Mapping[str, Any], relations: Mapping[str, Sequence[str]]) -> Lineage:
    """Model -> its columns -> the columns that each is made from, sorted.

    `manifest`: dbt's, with compiled code; `relations`: tables of the warehouse with their columns. A field
    of a source has the relation `<system>.<object>`. Models in Python have no columns here.
    """
    found: Lineage = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or node["language"] != "sql" or not node.get("compiled_code"):
            continue
        sources = [
            manifest["sources"][key] for key in node["depends_on"]["nodes"] if key in manifest["sources"]
        ]
        files = f"{sources[0]['source_name']}.{sources[0]['name']}" if len(sources) == 1 else FILES
        found[node["name"]] = {
            column: sorted(Origin(origin.relation or files, origin.column) for origin in origins)
            for column, origins in column_origins(node["compiled_code"], relations).items()
        }
    return found


def warehouse_relations(settings: Settings) -> dict[str, list[str]]:
    """Tables and views of the warehouse with their columns, in order."""
    found: dict[str, list[str]] = {}
    with read_warehouse(settings) as connection:
        rows = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal order by column_index"
        ).fetchall()
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def source_fields(lineage: Lineage, table: str) -> dict[str, list[Origin]]:
    """Columns of a table, each with the fields of the sources that its value comes from, the nearest first.

    Landing's own columns (the load's time, the source instance) are left out. Values that a Python model
    makes end there.
    """
    return {column: _ends(lineage, Origin(table, column)) for column in lineage.get(table, {})}


def _ends(lineage: Lineage, start: Origin) -> list[Origin]:
    found: list[Origin] = []
    seen, near = {start}, [start]
    while near:
        parents = {parent for each in near for parent in lineage.get(each.relation, {}).get(each.column, ())}
        near = sorted(parents - seen)
        seen |= parents
        found += [each for each in near if "." in each.relation and not each.column.startswith("_")]
    return found


def write_lineage(settings: Settings, manifest: Mapping[str, Any]) -> Lineage:
    """Trace the models that the manifest has compiled and keep the result; models that it has not
    compiled stay as they were."""
    lineage = read_lineage(settings) | project_lineage(manifest, warehouse_relations(settings))
    path = _path(settings)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(lineage), encoding="utf-8")
    temporary.replace(path)
    return lineage


def read_lineage(settings: Settings) -> Lineage:
    """What the last build kept; empty before the first."""
    try:
        kept = json.loads(_path(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {
        model: {column: [Origin(*origin) for origin in origins] for column, origins in columns.items()}
        for model, columns in kept.items()
    }


def _path(settings: Settings) -> Path:
    return settings.work / "column_lineage.json"
