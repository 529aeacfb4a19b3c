"""Jobs: `ingest` (one run per source), `build` (one run, one process), `rollback`, `digest` (a page per
manager), `tidy` (old runs and their logs), `compact` (landing's small files)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.defs.ingestion import landing_assets
from orchestration.defs.runs import JOB_TAG
from orchestration.defs.step_errors import told_as_failure
from orchestration.errors import PipelineError
from orchestration.lib.asset_keys import BUILD_MANIFEST, PUBLISHED
from orchestration.settings import Settings
from orchestration.sources_file import SourcesFile

if TYPE_CHECKING:  # what dg.define_asset_job returns has no public name
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

KEEP_RUNS_DAYS = 90  # as long as dagster.yaml keeps ticks


@dataclass(frozen=True)
class Jobs:
    """What the schedules and sensors start."""

    ingest: "UnresolvedAssetJobDefinition"
    build: "UnresolvedAssetJobDefinition"
    digest: dg.JobDefinition
    tidy: dg.JobDefinition
    compact: dg.JobDefinition


class TidyConfig(dg.Config):
    """`keep_days`: how long finished runs stay."""

    keep_days: int = KEEP_RUNS_DAYS


def rollback_job(settings: Settings) -> dg.JobDefinition:
    """`make rollback` for those who have the UI only; what is served then is an event of the publication."""

    @dg.op(name="serve_the_publication_before", out=dg.Out(dg.Nothing))
    def serve(context: dg.OpExecutionContext) -> None:
        from orchestration.lib.publisher import rollback

        with told_as_failure(settings):
            publication = rollback(settings)
        context.log.info(f"Now served: build {publication.build_id} ({publication.path})")
        context.log_event(
            dg.AssetMaterialization(
                PUBLISHED,
                description=f"Rolled back to build {publication.build_id}.",
                metadata={
                    "build_id": publication.build_id,
                    "path": dg.MetadataValue.path(str(publication.path)),
                    "tables": dg.MetadataValue.json(publication.row_counts),
                    "dagster/row_count": sum(publication.row_counts.values()),
                },
            )
        )

    @dg.job(
        name="rollback",
        description="Serve the publication before the current one. The build that is left is not served again"
        " by itself; a new build is published as ever.",
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "build"},  # waits for a build that is under way
    )
    def rollback_() -> None:
        serve()

    return rollback_


def pipeline_jobs(
    settings: Settings,
    landing_keys: Mapping[str, Sequence[dg.AssetKey]],
    model_keys: Sequence[dg.AssetKey],
    published_keys: Sequence[dg.AssetKey] = (PUBLISHED,),
) -> Jobs:
    """`landing_keys`: source instance -> its assets; `published_keys`: what ends a build.

    The build does not wait for the ingest: it uses each source's last complete load, and a source
    that is required or too old blocks publication by name.
    """
    return Jobs(
        ingest=_ingest_job([key for keys in landing_keys.values() for key in keys]),
        build=dg.define_asset_job(
            "build",
            selection=dg.AssetSelection.assets(BUILD_MANIFEST, *model_keys, *published_keys),
            description="Landing to published marts: dbt, then Great Expectations, then the swap.",
            executor_def=dg.in_process_executor,
            tags={JOB_TAG: "build"},  # and one of these
        ),
        digest=_digest_job(settings),
        tidy=_tidy_job(),
        compact=_compact_job(settings),
    )


def ingest_definitions(settings: Settings, sources: SourcesFile) -> dg.Definitions:
    """The sources and the job `ingest` alone: what a command that lands them needs, without the dbt project,
    which takes seconds to load."""
    landing = [landing_assets(settings, entry) for entry in sources.sources]
    return dg.Definitions(assets=landing, jobs=[_ingest_job([key for one in landing for key in one.keys])])


def _ingest_job(landing_keys: Sequence[dg.AssetKey]) -> "UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "ingest",
        selection=dg.AssetSelection.assets(*landing_keys),
        description="Land what is new from every source. The schedule starts one run per source.",
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "ingest"},  # dagster.yaml lets two of these run at a time
    )


def _digest_job(settings: Settings) -> dg.JobDefinition:
    @dg.op(description="Write each manager's page of findings, and send it where addresses are configured.")
    def manager_digests(context: dg.OpExecutionContext) -> None:
        from orchestration.lib.digest import make_digests, send_digests, write_digests

        try:
            digests = make_digests(settings)
            paths = write_digests(settings, digests)
            if settings.is_digest_wanted:
                send_digests(settings, digests)
        except PipelineError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        context.log.info(f"{len(paths)} pages, {'sent' if settings.is_digest_wanted else 'not sent'}.")

    @dg.job(
        name="digest",
        description="What rpt_rep_brief found about each manager's reps, as a page under digests/, sent to"
        " PIPELINE_DIGEST_URLS.",
        executor_def=dg.in_process_executor,
    )
    def digest() -> None:
        manager_digests()

    return digest


def _compact_job(settings: Settings) -> dg.JobDefinition:
    @dg.op(description="Join the small files of every object that has many; every row stays as it is.")
    def small_files_joined(context: dg.OpExecutionContext) -> None:
        from orchestration.lib.compaction import compact

        with told_as_failure(settings):
            done = compact(settings, progress=context.log.info)
        before, after = sum(one.files_before for one in done), sum(one.files_after for one in done)
        context.log.info(f"{before} files of {len(done)} objects are {after} now.")

    @dg.job(
        name="compact",
        description="Landing's small files of many loads become few large ones. What is known, and since"
        " when, stays the same.",
        executor_def=dg.in_process_executor,
        tags={JOB_TAG: "build"},  # waits for a build that is under way
    )
    def compact() -> None:
        small_files_joined()

    return compact


def _tidy_job() -> dg.JobDefinition:
    @dg.op(description="Delete runs that ended long ago, with their events and logs.")
    def delete_old_runs(context: dg.OpExecutionContext, config: TidyConfig) -> None:
        from orchestration.lib.retention import delete_runs_before

        before = datetime.now(UTC) - timedelta(days=config.keep_days)
        deleted = delete_runs_before(context.instance, before)
        context.log.info(f"Deleted {deleted} runs that ended before {before:%Y-%m-%d}.")

    @dg.job(
        name="tidy",
        description="Delete old runs and logs from Dagster's storage. Data, builds and publications stay.",
        executor_def=dg.in_process_executor,
    )
    def tidy() -> None:
        delete_old_runs()

    return tidy
