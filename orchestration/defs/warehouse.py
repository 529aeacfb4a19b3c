"""The build manifest and the dbt models: landing to private warehouse, in one dbt invocation."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.dbt_manifest import validate_manifest

from orchestration.defs.runs import INTERACTIVE_TAG
from orchestration.defs.step_errors import told_as_failure
from orchestration.defs.table_metadata import TableMetadata
from orchestration.lib import builds, dbt_project, timings
from orchestration.lib.asset_keys import BUILD_MANIFEST, PUBLISHED
from orchestration.lib.build_artifacts import keep_artifacts, retire_artifacts
from orchestration.lib.dbt_translator import PipelineTranslator
from orchestration.lib.event_log import quick_event_log
from orchestration.lib.record_links import RecordLinks
from orchestration.lib.refusals import refusal_in
from orchestration.lib.warehouse import remove_unreadable, row_counts, writer_lock
from orchestration.settings import Settings
from orchestration.sources_file import SourcesFile

UNIQUE_ID = "dagster_dbt/unique_id"
_SHOWN = 12  # failures named in a message; dbt_run_results.json.gz has all


class Clocks(TypedDict):
    """Both clocks, as `plan_build` takes them."""

    as_of: str | None
    known_at: datetime | None


class BuildConfig(dg.Config):
    """The two clocks of a build, for a manual run; empty: the settings' `as_of`, the newest loads.
    `force`: build also where nothing has changed since what is served was built."""

    as_of: str | None = None
    known_at: str | None = None
    force: bool = False


def build_manifest_asset(
    settings: Settings, sources: SourcesFile, landing_keys: Sequence[dg.AssetKey]
) -> dg.AssetsDefinition:
    """Resolve `as_of`, `known_at` and the landing files, once, for every later step of the run."""

    @dg.asset(
        key=BUILD_MANIFEST,
        deps=landing_keys,
        group_name="build",
        owners=["team:data-engineering"],
        kinds={"json"},
        output_required=False,  # not there where nothing is new: then Dagster skips every step after it
        description="Inputs of a build, written down before it starts: both clocks (`as_of`, `known_at`),"
        " the landing files that it reads, how date columns are to be read, the git revision. Skipped, with"
        " all that follows, where what is served was made from the same (`force` builds all the same).",
    )
    def build_manifest(
        context: dg.AssetExecutionContext, config: BuildConfig
    ) -> Iterator[dg.MaterializeResult[Any]]:
        from orchestration.lib.build_plan import plan_build

        begun = time.monotonic()
        now = datetime.now(UTC)
        clocks: Clocks = {
            "as_of": config.as_of,
            "known_at": datetime.fromisoformat(config.known_at) if config.known_at else None,
        }
        with told_as_failure(settings):
            if not config.force and _is_nothing_new(context, settings, sources, now, clocks):
                return
            run_id = context.run.root_run_id or context.run.run_id
            plan = plan_build(settings, sources, run_id=run_id, now=now, **clocks)
            timings.add_step(settings, plan.build_id, "manifest", time.monotonic() - begun)
        manifest = plan.manifest
        yield dg.MaterializeResult(
            metadata={
                "build_id": plan.build_id,
                "as_of": manifest["as_of"],
                "known_at": manifest["known_at"],
                "git_revision": manifest["git_revision"],
                "landing_files": sum(
                    len(part["files"])
                    for objects in manifest["landing"].values()
                    for parts in objects.values()
                    for part in parts
                ),
            }
        )

    return build_manifest


def _is_nothing_new(
    context: dg.AssetExecutionContext,
    settings: Settings,
    sources: SourcesFile,
    now: datetime,
    clocks: Clocks,
) -> bool:
    """Look, and tell of what is found. Not where a command has looked already, nor in a run that publishes
    nothing: somebody has chosen assets of their own, and wants just these."""
    from orchestration.lib.unchanged import confirm, look

    is_whole = PUBLISHED in context.job_def.asset_layer.executable_asset_keys
    if INTERACTIVE_TAG in context.run.tags or not is_whole:
        return False
    found = look(settings, sources, now=now, **clocks)
    if found.reasons:
        context.log.info(f"To build: {'; '.join(found.reasons)}.")
        return False
    said = confirm(settings, found, now)
    context.log.info(f"{said} `force` in this asset's config builds it again.")
    context.log_event(dg.AssetObservation(PUBLISHED, description=said))
    return True


def dbt_models(
    settings: Settings,
    manifest: Mapping[str, Any],
    systems: Sequence[str],
    translator: PipelineTranslator,
    links: RecordLinks,
) -> dg.AssetsDefinition:
    """Every enabled dbt model and seed as an asset, every dbt test as a check on what it judges."""

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="dbt_build")
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with told_as_failure(settings):
            build = builds.for_run(settings, context.run.root_run_id or context.run.run_id)
        specs = context.assets_def.specs_by_key
        selected = context.selected_asset_keys
        names = (
            []
            if selected == context.assets_def.keys
            else sorted(
                validate_manifest(manifest)["nodes"][specs[key].metadata[UNIQUE_ID]]["name"]
                for key in selected
            )
        )
        with (
            told_as_failure(settings),
            writer_lock(settings, f"build {build['build_id']}, Dagster run {context.run.run_id}"),
        ):
            begun = time.monotonic()
            path = builds.build_dir(settings, build["build_id"]) / builds.MANIFEST
            for removed in remove_unreadable(settings):
                context.log.warning(removed)
            run = dbt_project.build(settings, systems, path, names)
            if run.is_failed and not names:
                for removed in remove_unreadable(settings, read_all=True):
                    context.log.warning(removed)
                    run = dbt_project.build(settings, systems, path)
            timings.add_step(settings, build["build_id"], "dbt", time.monotonic() - begun)
            begun = time.monotonic()
            counts = row_counts(settings)
            nodes = validate_manifest(manifest)["nodes"]
            timings.add_dbt(settings, build["build_id"], run.results, nodes, counts)
            keep_artifacts(settings, build["build_id"])
            retire_artifacts(settings, build["build_id"], datetime.now(UTC))
        shown = TableMetadata(settings, translator, links, run, context.log.warning)
        timings.add_step(settings, build["build_id"], "describe", time.monotonic() - begun)
        begun = time.monotonic()
        with quick_event_log(context.instance):
            yield from shown.added_to(_events(context, run, counts))  # goes on when Dagster has stored each
        timings.add_step(settings, build["build_id"], "record", time.monotonic() - begun)
        if run.is_failed:
            raise dg.Failure(description=describe_failure(run, settings.home), allow_retries=False)

    return models


def _events(
    context: dg.AssetExecutionContext, run: dbt_project.DbtRun, counts: Mapping[str, int]
) -> Iterator[Any]:
    """dbt's results as Dagster's: materializations with row counts, then check results."""
    definition = context.assets_def
    tables = {spec.metadata.get(UNIQUE_ID): key for key, spec in definition.specs_by_key.items()}
    checks = {spec.metadata.get(UNIQUE_ID): spec.key for spec in definition.check_specs}
    results = {result.unique_id: result for result in run.results}
    for unique_id, result in results.items():
        if unique_id in tables and result.status == "success":
            key = tables[unique_id]
            count = counts.get(key.path[-1])
            metadata: dict[str, Any] = {"execution_seconds": result.seconds, "unique_id": unique_id}
            yield dg.MaterializeResult(
                asset_key=key, metadata=metadata | ({} if count is None else {"dagster/row_count": count})
            )
    for unique_id, result in results.items():
        key = checks.get(unique_id)
        if key and key in context.selected_asset_check_keys and result.status in dbt_project.RAN:
            yield dg.AssetCheckResult(
                passed=result.status == "pass",
                asset_key=key.asset_key,
                check_name=key.name,
                severity=(
                    dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR
                ),
                description=result.message or None,
                metadata={"failing_rows": result.failures or 0, "execution_seconds": result.seconds},
            )


def describe_failure(run: dbt_project.DbtRun, home: Path) -> str:
    """What failed, a line each, in words for the person who started the run. Where the machine refused
    memory or disk, that alone: everything after it is its consequence."""
    told = refusal_in([run.error or "", *(result.message for result in run.failed)], home)
    if told:
        return str(told)
    lines = [run.error] if run.error else []
    for result in run.failed:
        kind, name = result.unique_id.split(".")[0], result.unique_id.split(".")[2]
        lines.append(f"{kind} {name}: {result.message or result.status}")
    shown = [line for line in lines if line]
    more = [f"... and {len(shown) - _SHOWN} more, in the build's folder"] if len(shown) > _SHOWN else []
    return "\n".join(
        ["The warehouse was not built as it should be, so nothing was published.", *shown[:_SHOWN], *more]
    )


def load_manifest(settings: Settings, systems: Sequence[str]) -> dict[str, Any]:
    """The parsed dbt project; parsed anew only where it or the list of systems has changed."""
    loaded: dict[str, Any] = json.loads(dbt_project.ensure_parsed(settings, systems).read_text())
    return loaded
