"""How a dbt node looks in Dagster: one method per attribute, nothing about running it.

Asset keys are the table's own name (people search for `rpt_rotten_pipeline`); groups follow the
folders, so the graph reads in the order of the flow.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.lib.asset_keys import BUILD_MANIFEST, landing_key
from orchestration.lib.dbt_test_meaning import meaning_of_test

DEFAULT_OWNER = "team:data-engineering"
MARTS = "marts"


class PipelineTranslator(DagsterDbtTranslator):
    """Names, groups and owners of this project's dbt nodes.

    `providers` maps (system, object) to the source instances that land it: a staging model depends
    on each of those landing assets, and on the build manifest that says which files it reads.
    """

    def __init__(self, providers: Mapping[tuple[str, str], Sequence[str]]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_code_references=False))
        self._providers = providers

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        if props["resource_type"] == "source":
            return spec
        sources = [
            manifest["sources"][parent]
            for parent in props.get("depends_on", {}).get("nodes", [])
            if parent.startswith("source.")
        ]
        if not sources:
            return spec
        kept = [dep for dep in spec.deps if dep.asset_key not in {self.get_asset_key(s) for s in sources}]
        landed = [
            dg.AssetDep(key)
            for source in sources
            for key in self._landing_keys(source["source_name"], source["name"])
        ]
        return spec.replace_attributes(deps=[*kept, *landed, dg.AssetDep(BUILD_MANIFEST)])

    def keys_of_relation(self, relation: str) -> list[dg.AssetKey]:
        """Assets behind a relation of the column lineage: a dbt node, or `<system>.<object>` as landed."""
        system, _, name = relation.partition(".")
        return self._landing_keys(system, name) if name else [dg.AssetKey([relation])] if relation else []

    def _landing_keys(self, system: str, name: str) -> list[dg.AssetKey]:
        return [landing_key(instance, system, name) for instance in self._providers.get((system, name), ())]

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(
            description=meaning_of_test(self.get_resource_props(manifest, unique_id))
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey(["source", dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        if folders[0] == "staging":
            return f"staging_{folders[1]}"
        return folders[1] if folders[0] == MARTS else folders[0]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        owner = (dbt_resource_props.get("config", {}).get("meta") or {}).get("owner")
        return [f"team:{owner}"] if owner else [DEFAULT_OWNER]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        text = (dbt_resource_props.get("description") or "").strip()
        return text or f"{dbt_resource_props['resource_type'].capitalize()} {dbt_resource_props['name']}."

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        folder = dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else "seeds"
        return {**super().get_tags(dbt_resource_props), "layer": folder}


def published_tables(manifest: Mapping[str, Any]) -> list[str]:
    """Names of the enabled models under models/marts, sorted: what is judged and published."""
    return sorted(
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == MARTS
    )
