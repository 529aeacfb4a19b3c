"""`build_definitions`: settings in, Dagster definitions out; the seam that tests and commands use."""

import dagster as dg

from orchestration.defs.alerts import alert_sensors
from orchestration.defs.consumers import consumer_assets
from orchestration.defs.flag_history import history_asset, history_job
from orchestration.defs.freshness import marts_freshness
from orchestration.defs.ingestion import broken_sources_asset, landing_assets, providers_of
from orchestration.defs.jobs import pipeline_jobs, rollback_job
from orchestration.defs.publish import published_marts, published_postgres
from orchestration.defs.quality import gate_checks
from orchestration.defs.schedules import pipeline_schedules
from orchestration.defs.sensors import build_after_files_sensor, files_arrived_sensor
from orchestration.defs.table_metadata import with_origins
from orchestration.defs.warehouse import build_manifest_asset, dbt_models, load_manifest
from orchestration.errors import PipelineError
from orchestration.lib.build_inputs import enabled_systems, is_as_of_fixed
from orchestration.lib.dbt_translator import PipelineTranslator, published_tables
from orchestration.lib.lineage import read_lineage
from orchestration.lib.record_links import RecordLinks
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file


def readable_definitions(settings: Settings) -> dg.Definitions:
    """For the code location: a sources file that is wrong gives one asset that says what is wrong."""
    try:
        return build_definitions(settings)
    except PipelineError as error:
        return dg.Definitions(assets=[broken_sources_asset(str(error))])


def build_definitions(settings: Settings) -> dg.Definitions:
    """All assets, checks, jobs, schedules and sensors for one sources file.

    Raises PipelineError where the sources file is wrong or dbt cannot read its project.
    """
    sources = load_sources_file(settings.sources_file)
    systems = enabled_systems(sources)
    manifest = load_manifest(settings, systems)
    landing = {entry.name: landing_assets(settings, entry) for entry in sources.sources}
    landing_keys = {name: sorted(asset.keys) for name, asset in landing.items()}
    tables = published_tables(manifest)
    links = RecordLinks(sources.sources)
    # tables that do not age have no age at which they are late
    fresh = None if is_as_of_fixed(settings, sources) else marts_freshness(settings.max_build_age_hours)
    translator, lineage = PipelineTranslator(providers_of(sources.sources)), read_lineage(settings)
    models = dbt_models(settings, manifest, systems, translator, links).map_asset_specs(
        lambda spec: (
            with_origins(spec, lineage, translator).replace_attributes(
                freshness_policy=fresh or spec.freshness_policy
            )
            if spec.key.path[-1] in tables
            else spec
        )
    )
    published = [published_marts(settings, tables, fresh)]
    if settings.is_postgres_wanted:
        published.append(published_postgres(settings))
    jobs = pipeline_jobs(settings, landing_keys, sorted(models.keys), [asset.key for asset in published])
    folders = {entry.name: entry.path for entry in sources.sources if entry.path is not None}
    return dg.Definitions(
        assets=[
            *landing.values(),
            build_manifest_asset(settings, sources, [key for keys in landing_keys.values() for key in keys]),
            models,
            *published,
            *consumer_assets(manifest),
            history_asset(settings, sources),
        ],
        asset_checks=[gate_checks(settings, tables, links)],
        jobs=[
            jobs.ingest,
            jobs.build,
            jobs.digest,
            jobs.tidy,
            jobs.compact,
            rollback_job(settings),
            history_job(),
        ],
        schedules=pipeline_schedules(settings, jobs, landing_keys, sources.reporting.time_zone),
        sensors=[
            *([files_arrived_sensor(settings, jobs, folders, landing_keys)] if folders else []),
            build_after_files_sensor(settings, jobs),
            *alert_sensors(settings, sources.sources, jobs),
        ],
    )
