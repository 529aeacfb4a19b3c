"""Assets that land a source: one multi-asset per source instance, one asset per object.

Belongs here: what Dagster shows of ingestion. Fetching is `sources/`, the row boundary and the
writing are `lib/landing`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.catalog import objects_of
from orchestration.defs.freshness import source_freshness
from orchestration.defs.retries import NETWORK_RETRIES
from orchestration.defs.runs import INTERACTIVE_TAG
from orchestration.defs.step_errors import told_as_failure
from orchestration.lib.asset_keys import landing_key
from orchestration.settings import Settings
from orchestration.sources.registry import declared_objects
from orchestration.sources_file import SourceEntry

OWNER = "team:data-engineering"
GROUP = "landing"


def landing_assets(settings: Settings, entry: SourceEntry) -> dg.AssetsDefinition:
    """The objects of one source instance, landed together and completed together."""
    declared = declared_objects(entry)
    keys = {pair: landing_key(entry.name, *pair) for pair in declared}

    @dg.multi_asset(
        name=f"land_{entry.name}",
        specs=[
            dg.AssetSpec(
                key,
                description=_description(entry, system, name),
                group_name=GROUP,
                owners=[OWNER],
                kinds={"dlt", "parquet"},
                tags={"layer": "landing", "source_instance": entry.name},
                metadata={"dagster/column_schema": _columns(entry, system, name)},
                skippable=True,
                freshness_policy=source_freshness(entry),
            )
            for (system, name), key in keys.items()
        ],
        can_subset=False,
        retry_policy=NETWORK_RETRIES if entry.is_remote else None,
    )
    def land(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        from orchestration.lib.landing import feed_states, ingest
        from orchestration.lib.unchanged import landed_alike, made_from
        from orchestration.sources.registry import open_feeds

        now = datetime.now(UTC)
        record = None if INTERACTIVE_TAG in context.run.tags else landed_alike(settings, entry)
        if record is not None:  # a command has looked by itself
            context.log.info(f"Nothing new: it would be generated as landed {record['finished_at']} UTC.")
            return
        with told_as_failure(settings, context):
            feeds = open_feeds(
                entry,
                now=now,
                progress=context.log.info,
                state=feed_states(settings, entry.name),
                secret=settings.secret,
                landing=settings.landing,
            )
            report = ingest(
                settings, entry, feeds, now=now, progress=context.log.info, made_from=made_from(entry)
            ).to_dict()
        for item in report["objects"]:
            key = keys[item["system"], item["object"]]
            for warning in item["warnings"]:
                context.log.warning(f"{key.to_user_string()}: {warning}")
            yield dg.MaterializeResult(asset_key=key, metadata=_metadata(item))

    return land


def broken_sources_asset(message: str) -> dg.AssetsDefinition:
    """What stands in the graph when the sources file is wrong: one asset whose failure says why."""

    @dg.asset(
        key=dg.AssetKey(["landing", "sources_file_is_wrong"]),
        description=message,
        group_name=GROUP,
        owners=[OWNER],
    )
    def sources_file_is_wrong() -> None:
        raise dg.Failure(description=message, allow_retries=False)

    return sources_file_is_wrong


def providers_of(entries: Sequence[SourceEntry]) -> dict[tuple[str, str], list[str]]:
    """(system, object) -> names of the source instances that land it."""
    providers: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        for pair in declared_objects(entry):
            providers.setdefault(pair, []).append(entry.name)
    return providers


def _description(entry: SourceEntry, system: str, name: str) -> str:
    spec = objects_of(system).get(name)
    meaning = spec.description if spec and spec.description else f"{name} of {system}."
    return f"{meaning} As source `{entry.name}` sent it: every row, every version, append only."


def _columns(entry: SourceEntry, system: str, name: str) -> dg.TableSchema:
    """Source columns that the staging models read; landing keeps all others too, as text."""
    spec = objects_of(system).get(name)
    names = list(spec.types) if spec else []
    if system == "csv_mapping":
        names = sorted(entry.objects[name].source_columns)
    return dg.TableSchema([dg.TableColumn(column, "text") for column in names])


def _metadata(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "dagster/row_count": item["landed_rows"],
        "read_rows": item["read_rows"],
        "unchanged_rows": item["unchanged_rows"],
        "extracted_rows": item["extracted_rows"],
        "rejected_rows": item["rejected_rows"],
        "deleted_rows": item["deleted_rows"],
        "files": dg.MetadataValue.json(list(item["files"])),
        "warnings": dg.MetadataValue.json(list(item["warnings"])),
    }
