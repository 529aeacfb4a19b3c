"""`build_definitions`: settings in, Dagster definitions out; the seam that tests and commands use."""

import dagster as dg

from orchestration.defs.consumers import consumer_assets
from orchestration.defs.ingestion import broken_sources_asset, landing_assets, providers_of
from orchestration.defs.jobs import jobs_and_schedules
from orchestration.defs.publish import published_marts, published_postgres
from orchestration.defs.quality import gate_checks
from orchestration.defs.warehouse import build_manifest_asset, dbt_models, load_manifest
from orchestration.errors import PipelineError
from orchestration.lib.build_plan import enabled_systems
from orchestration.lib.dbt_translator import PipelineTranslator, published_tables
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file


def readable_definitions(settings: Settings) -> dg.Definitions:
    """For the code location: a sources file that is wrong gives one asset that says what is wrong."""
    try:
        return build_definitions(settings)
    except PipelineError as error:
        return dg.Definitions(assets=[broken_sources_asset(str(error))])


def build_definitions(settings: Settings) -> dg.Definitions:
    """All assets, checks, jobs and schedules for one sources file.

    Raises PipelineError where the sources file is wrong or dbt cannot read its project.
    """
    sources = load_sources_file(settings.sources_file)
    systems = enabled_systems(sources)
    manifest = load_manifest(settings, systems)
    landing = {entry.name: landing_assets(settings, entry) for entry in sources.sources}
    landing_keys = {name: sorted(asset.keys) for name, asset in landing.items()}
    tables = published_tables(manifest)
    models = dbt_models(settings, manifest, systems, PipelineTranslator(providers_of(sources.sources)))
    published = [published_marts(settings, tables)]
    if settings.is_postgres_wanted:
        published.append(published_postgres(settings))
    assets = dg.Definitions(
        assets=[
            *landing.values(),
            build_manifest_asset(settings, sources, [key for keys in landing_keys.values() for key in keys]),
            models,
            *published,
            *consumer_assets(manifest),
        ],
        asset_checks=[gate_checks(settings, tables)],
    )
    return dg.Definitions.merge(
        assets,
        jobs_and_schedules(
            landing_keys,
            sorted(models.keys),
            sources.reporting.time_zone,
            [asset.key for asset in published],
        ),
    )
