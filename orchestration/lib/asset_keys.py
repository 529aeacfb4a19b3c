"""Keys of the assets that are not dbt models."""

import dagster as dg

BUILD_MANIFEST = dg.AssetKey(["build_manifest"])
LANDING = "landing"  # first part of the keys of what is landed, before the source instance
HISTORY = dg.AssetKey(["flag_history"])
PUBLISHED = dg.AssetKey(["published_marts"])
PUBLISHED_POSTGRES = dg.AssetKey(["published_in_postgres"])


def landing_key(source_instance: str, system: str, object_name: str) -> dg.AssetKey:
    """landing/<source instance>/<system>/<object>; characters that Dagster refuses become `_`."""
    safe = "".join(c if c.isalnum() or c in "_-" else "_" for c in object_name)
    return dg.AssetKey([LANDING, source_instance, system, safe])


def consumer_key(exposure: str) -> dg.AssetKey:
    """consumers/<exposure of the dbt project>."""
    return dg.AssetKey(["consumers", exposure])
