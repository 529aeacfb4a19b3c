"""What the UI shows of tables, as it stands in the event log of the generated organisation's run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tests.conftest import Ran

SOURCE = dg.AssetKey(["landing", "demo", "salesforce", "Opportunity"])


@pytest.fixture(scope="module")
def instance(demo_run: tuple[Path, Ran]) -> Iterator[dg.DagsterInstance]:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    with dg.DagsterInstance.from_config(str(home / "dagster")) as found:
        yield found


def shown(instance: dg.DagsterInstance, table: str) -> dict[str, Any]:
    """Metadata of the newest materialization, as plain values."""
    event = instance.get_latest_materialization_event(dg.AssetKey([table]))
    assert event and event.asset_materialization
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def test_columns_lead_back_to_the_source(instance: dg.DagsterInstance) -> None:
    amounts = shown(instance, "fct_opportunities")["dagster/column_lineage"].deps_by_column["amount"]
    assert [(dep.asset_key.path, dep.column_name) for dep in amounts] == [
        (["int_opportunities_current"], "amount")
    ]
    key, column = dg.AssetKey(["fct_opportunities"]), "amount"
    for _ in range(20):  # up the columns, the first parent each time it has one
        if key.path[0] == "landing":
            break
        lineage = shown(instance, key.path[-1])["dagster/column_lineage"].deps_by_column
        named = [dep for dep in lineage[column] if "mount" in dep.column_name]
        key, column = named[0].asset_key, named[0].column_name
    assert (key, column) == (SOURCE, "Amount")


def test_figures_that_matter(instance: dg.DagsterInstance) -> None:
    rotten = shown(instance, "rpt_rotten_pipeline")
    assert 0 < rotten["rotten_share"] < 1
    assert rotten["question"].endswith("?")
    assert rotten["answer"].startswith("| rep_name | open_count | rotten_count |")
    leads = shown(instance, "rpt_lead_quality")
    verdicts = [leads[f"{verdict}_share"] for verdict in ("trusted", "fake", "suspect", "duplicate")]
    assert 0.9 < sum(verdicts) <= 1
    time = shown(instance, "rpt_prospecting_time")
    assert 0 < time["blocks_used"] < time["blocks_reserved"]
    assert time["block_use_rate"] == pytest.approx(time["blocks_used"] / time["blocks_reserved"])


def test_what_people_typed_into_the_crm_is_not_shown(instance: dg.DagsterInstance) -> None:
    assert "opportunity_name" not in shown(instance, "rpt_fake_sales")["answer"]
    assert "account_name" not in shown(instance, "rpt_recycle")["answer"]
    assert "evidence" not in shown(instance, "rpt_fodder_scores")["answer"]


def test_checks_say_what_they_mean(instance: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(["rpt_rotten_pipeline"]), "expectations")
    (record,) = instance.event_log_storage.get_latest_asset_check_execution_by_key([key]).values()
    assert record.event
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    said = evaluation.metadata["what_must_hold"].value
    assert "| `open_deals_are_in_it` | passed | Every open deal is in exactly one group" in said
    assert "One row per rep\\_id, stage." in said
