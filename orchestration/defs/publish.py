"""The publication: the only thing that BI sees, swapped whole."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.defs.retries import NETWORK_RETRIES
from orchestration.defs.step_errors import told_as_failure
from orchestration.lib import timings
from orchestration.lib.asset_keys import PUBLISHED, PUBLISHED_POSTGRES
from orchestration.lib.record_links import markdown_table
from orchestration.lib.verdict import read_verdict
from orchestration.settings import POSTGRES_URL, Settings


def published_marts(
    settings: Settings, tables: Sequence[str], freshness: dg.FreshnessPolicy | None = None
) -> dg.AssetsDefinition:
    """Copy the marts that the verdict names to a fresh version and swap the link.

    It refuses by itself without a verdict for exactly what lies in the warehouse: an asset that is
    selected alone runs without the checks before it.
    """

    @dg.asset(
        key=PUBLISHED,
        deps=[dg.AssetKey([table]) for table in tables],
        group_name="published",
        owners=["team:data-engineering"],
        kinds={"duckdb", "parquet"},
        freshness_policy=freshness,
        description="What BI reads: `published/current.duckdb` and Parquet beside it, one whole build.",
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        from orchestration.lib.publisher import publish, warehouse_build_id
        from orchestration.lib.report import write_report

        begun = time.monotonic()
        with told_as_failure(settings):
            publication = publish(settings, warehouse_build_id(settings))
            context.log.info(f"Published build {publication.build_id}: {publication.path}")
            timings.add_step(settings, publication.build_id, "publish", time.monotonic() - begun)
            write_report(settings, read_verdict(settings, publication.build_id))
        return dg.MaterializeResult(
            metadata={
                "build_id": publication.build_id,
                "path": dg.MetadataValue.path(str(publication.path)),
                "tables": dg.MetadataValue.json(publication.row_counts),
                "dagster/row_count": sum(publication.row_counts.values()),
                **_time_shown(timings.read_timings(settings, publication.build_id)),
            }
        )

    return published


def _time_shown(known: Mapping[str, Any]) -> dict[str, dg.MetadataValue[Any]]:
    """Where the time of the whole build went, as tables: here, as this is where it ends."""
    steps = [{"step": name, "seconds": seconds} for name, seconds in known["steps"].items()]
    shown = {"seconds_by_step": steps, "dbt_by_layer": known["layers"], "dbt_slowest": known["slowest"]}
    return {name: _table(rows) for name, rows in shown.items() if rows}


def _table(rows: Sequence[Mapping[str, Any]]) -> dg.MetadataValue[Any]:
    cells = [["" if value is None else str(value) for value in row.values()] for row in rows]
    return dg.MetadataValue.md(markdown_table(list(rows[0]), cells))


def published_postgres(settings: Settings) -> dg.AssetsDefinition:
    """The served version copied to a PostgreSQL server; there only where `PUBLISH_POSTGRES_URL` is set."""

    @dg.asset(
        key=PUBLISHED_POSTGRES,
        deps=[PUBLISHED],
        group_name="published",
        owners=["team:data-engineering"],
        kinds={"postgres"},
        retry_policy=NETWORK_RETRIES,
        description="The same build for BI tools that want a server: schema `pipeline_truth`, views that are"
        " swapped in one transaction, readable by members of `pipeline_truth_reader`.",
    )
    def published_in_postgres(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        from orchestration.lib.postgres import publish_to_postgres

        with told_as_failure(settings, context):
            counts = publish_to_postgres(settings, Settings.secret(POSTGRES_URL))
        return dg.MaterializeResult(
            metadata={"tables": dg.MetadataValue.json(counts), "dagster/row_count": sum(counts.values())}
        )

    return published_in_postgres
