"""What the UI shows of a table after a build, besides its row count: from which columns its columns come,
the figures that matter, the first rows that fail a test.

It decorates what was built and never stops a build: where something cannot be shown, a warning says so.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb

from orchestration.lib import dbt_project
from orchestration.lib.column_lineage import Origin
from orchestration.lib.dbt_translator import PipelineTranslator
from orchestration.lib.lineage import Lineage, source_fields, write_lineage
from orchestration.lib.record_links import RecordLinks, markdown_table
from orchestration.lib.warehouse import read_warehouse
from orchestration.settings import Settings

Metadata = dict[str, Any]
_SCHEMA = "dagster/column_schema"
_FAILING_ROWS = 10
_ORIGINS = 4  # of a column that are shown


def with_origins(spec: dg.AssetSpec, lineage: Lineage, translator: PipelineTranslator) -> dg.AssetSpec:
    """The same table, whose columns say from which columns and from which fields of the source they come.

    Dagster's own page of a column's lineage is not in its open-source UI: here it is a text with links, as
    the last build has traced it.
    """
    table, schema = spec.key.path[-1], spec.metadata.get(_SCHEMA)
    if not isinstance(schema, dg.TableSchema) or table not in lineage:
        return spec
    fields = source_fields(lineage, table)
    columns = [
        dg.TableColumn(
            column.name,
            column.type,
            description=_origins(
                column.description or "",
                lineage[table].get(column.name, []),
                fields.get(column.name, []),
                translator,
            ),
        )
        for column in schema.columns
    ]
    return spec.merge_attributes(metadata={_SCHEMA: dg.TableSchema(columns)})


class TableMetadata:
    """Gathered once per build, then added to its events."""

    def __init__(
        self,
        settings: Settings,
        translator: PipelineTranslator,
        links: RecordLinks,
        run: dbt_project.DbtRun,
        warn: Callable[[str], object],
    ) -> None:
        self._tables: dict[str, Metadata] = {}
        self._checks: dict[str, Metadata] = {}
        if run.error or not settings.warehouse.is_file():
            return
        manifest = json.loads(dbt_project.manifest_path(settings).read_text(encoding="utf-8"))
        for part in (self._add_lineage, self._add_figures):
            try:
                part(settings, manifest, translator)
            except Exception as error:  # a decoration: whatever is wrong with it, the build is right
                warn(f"Some of what the UI shows of tables is missing: {error!r}")
        self._add_failing_rows(settings, manifest, links, run)

    def added_to(self, events: Iterable[Any]) -> Iterator[Any]:
        """The same events, with what is known of their table or check."""
        for event in events:
            if isinstance(event, dg.MaterializeResult) and event.asset_key:
                more = self._tables.get(event.asset_key.path[-1], {})
                yield event._replace(metadata={**(event.metadata or {}), **more}) if more else event
            elif isinstance(event, dg.AssetCheckResult) and event.check_name in self._checks:
                more = self._checks[event.check_name]
                yield event._replace(metadata={**event.metadata, **more})
            else:
                yield event

    def _add_lineage(
        self, settings: Settings, manifest: Mapping[str, Any], translator: PipelineTranslator
    ) -> None:
        for model, columns in write_lineage(settings, manifest).items():
            deps = {
                column: [
                    dg.TableColumnDep(asset_key=key, column_name=origin.column)
                    for origin in origins
                    for key in translator.keys_of_relation(origin.relation)
                ]
                for column, origins in columns.items()
            }
            self._of(model)["dagster/column_lineage"] = dg.TableColumnLineage(deps)

    def _add_figures(self, settings: Settings, manifest: Mapping[str, Any], _: PipelineTranslator) -> None:
        from orchestration.lib.headlines import NUMBERS, first_rows, numbers
        from orchestration.lib.questions import all_questions

        built = {node["name"] for node in manifest["nodes"].values()}
        with read_warehouse(settings) as connection:
            for table in NUMBERS:
                if table in built:
                    self._of(table).update(numbers(connection, table))
            for question in all_questions():
                if set(question.tables) <= built and "question" not in self._of(question.tables[0]):
                    header, rows = first_rows(connection, question)
                    self._of(question.tables[0]).update(
                        question=question.title,
                        answer=dg.MetadataValue.md(markdown_table(header, rows)),
                    )

    def _add_failing_rows(
        self, settings: Settings, manifest: Mapping[str, Any], links: RecordLinks, run: dbt_project.DbtRun
    ) -> None:
        failing = [result for result in run.results if result.status in ("fail", "warn") and result.failures]
        with read_warehouse(settings) as connection:
            for result in failing:
                node = manifest["nodes"].get(result.unique_id, {})
                rows = _first_keys(connection, node.get("compiled_code"))
                if rows:
                    shown = "\n".join(f"- {links.markdown(row)}" for row in rows)
                    self._checks[node["name"]] = {"first_failing_rows": dg.MetadataValue.md(shown)}

    def _of(self, table: str) -> Metadata:
        return self._tables.setdefault(table, {})


def _origins(
    description: str, direct: Sequence[Origin], fields: Sequence[Origin], translator: PipelineTranslator
) -> str:
    """A column's description, then what it is made of and the fields of the source behind that, as links."""
    parts = [description]
    for word, origins in (("Made of", direct), ("In the source", fields)):
        linked = [
            f"[{origin.relation}.{origin.column}](/assets/{'/'.join(keys[0].path)})"
            for origin in origins
            if (keys := translator.keys_of_relation(origin.relation))
        ]
        more = f" and {len(linked) - _ORIGINS} more" if len(linked) > _ORIGINS else ""
        if linked:
            parts.append(f"{word}: {', '.join(linked[:_ORIGINS])}{more}")
    return "\n\n".join(parts)


def _first_keys(connection: duckdb.DuckDBPyConnection, sql: str | None) -> list[str]:
    """Ids, dates and numbers of the first failing rows; texts may be somebody's name. Empty where the test
    cannot be run again."""
    if not sql:
        return []
    try:
        answer = connection.sql(sql.strip().rstrip(";"))
        kinds = zip(answer.columns, answer.types, strict=True)
        shown = [i for i, (name, kind) in enumerate(kinds) if name.endswith("_id") or str(kind) != "VARCHAR"]
        return [
            ", ".join(f"{answer.columns[i]}={row[i]}" for i in shown)
            for row in answer.fetchmany(_FAILING_ROWS)
        ]
    except duckdb.Error:
        return []
