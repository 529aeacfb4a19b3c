"""The first rows that fail a dbt test: their keys as links, and no text that may be somebody's name."""

from pathlib import Path
from unittest.mock import Mock

import dagster as dg
import duckdb

from orchestration.defs.table_metadata import TableMetadata, with_origins
from orchestration.lib.builds import write_json
from orchestration.lib.column_lineage import Origin
from orchestration.lib.dbt_project import DbtRun, NodeResult, manifest_path
from orchestration.lib.dbt_translator import PipelineTranslator
from orchestration.lib.record_links import RecordLinks
from orchestration.settings import Settings
from orchestration.sources_file import SourceEntry

TEST = "test.p.one_row_per"
SQL = "select 'crm:7' as lead_id, 'Ann Example' as full_name, 3 as n"


def gathered(tmp_path: Path, sql: str, status: str = "fail") -> TableMetadata:
    settings = Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml")
    duckdb.connect(str(settings.warehouse)).close()
    manifest_path(settings).parent.mkdir(parents=True)
    node = {"name": "one_row_per", "resource_type": "test", "compiled_code": sql}
    write_json(manifest_path(settings), {"nodes": {TEST: node}, "sources": {}})
    entry = {"name": "crm", "system": "zoho", "path": "x", "time_zone": "UTC", "currency": "EUR"}
    links = RecordLinks([SourceEntry.model_validate(entry | {"record_url": "https://crm.example/{id}"})])
    run = DbtRun((NodeResult(TEST, status, 0.1, "", 1 if status == "fail" else 0),), None)
    return TableMetadata(settings, PipelineTranslator({}), links, run, Mock())


def checked(metadata: TableMetadata) -> dg.AssetCheckResult:
    event = dg.AssetCheckResult(
        passed=False, asset_key="fct_leads", check_name="one_row_per", metadata={"a": 1}
    )
    (result,) = metadata.added_to([event])
    assert isinstance(result, dg.AssetCheckResult)
    return result


def test_a_failing_row_is_a_link_and_names_nobody(tmp_path: Path) -> None:
    metadata = checked(gathered(tmp_path, SQL)).metadata
    assert metadata["a"] == dg.IntMetadataValue(1)
    said = metadata["first_failing_rows"].value
    assert said == "- lead\\_id=[crm:7](https://crm.example/7), n=3"


def test_a_test_that_cannot_be_run_again_says_nothing(tmp_path: Path) -> None:
    assert set(checked(gathered(tmp_path, "select * from gone")).metadata) == {"a"}


def test_nothing_is_added_where_nothing_failed(tmp_path: Path) -> None:
    assert set(checked(gathered(tmp_path, SQL, "pass")).metadata) == {"a"}


def test_a_column_says_where_it_comes_from() -> None:
    schema = dg.TableSchema([dg.TableColumn("amount", "decimal", description="What it is worth"),
                             dg.TableColumn("as_of", "timestamp", description="When")])  # fmt: skip
    spec = dg.AssetSpec("rpt_deals", metadata={"dagster/column_schema": schema, "kept": 1})
    lineage = {
        "rpt_deals": {"amount": [Origin("stg_deals", "amount")], "as_of": []},
        "stg_deals": {"amount": [Origin("crm.Deal", "Amount")]},
    }
    translator = PipelineTranslator({("crm", "Deal"): ["emea", "us"]})
    shown = with_origins(spec, lineage, translator)
    assert shown.metadata["kept"] == 1
    columns = {column.name: column.description for column in shown.metadata["dagster/column_schema"].columns}
    assert columns["as_of"] == "When"
    assert columns["amount"].split("\n\n") == [
        "What it is worth",
        "Made of: [stg_deals.amount](/assets/stg_deals)",
        "In the source: [crm.Deal.Amount](/assets/landing/emea/crm/Deal)",
    ]
    assert with_origins(spec, {}, translator) == spec
