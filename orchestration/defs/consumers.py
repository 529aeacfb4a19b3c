"""Who reads the publication: dbt's exposures, so that lineage ends where the figures are looked at."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.lib.asset_keys import PUBLISHED, consumer_key


def consumer_assets(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """One asset per exposure of the dbt project, downstream of the publication, never materialized.

    Its metadata names the marts that it is made from.
    """
    return [
        dg.AssetSpec(
            key=consumer_key(exposure["name"]),
            deps=[PUBLISHED],
            group_name="consumers",
            owners=[f"team:{exposure['owner']['name']}"],
            kinds={exposure["type"]},
            description=exposure["description"].strip(),
            metadata={"marts": sorted(node.rsplit(".", 1)[1] for node in exposure["depends_on"]["nodes"])},
        )
        for exposure in manifest["exposures"].values()
    ]
