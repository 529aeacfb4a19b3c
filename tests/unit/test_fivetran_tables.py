"""Fivetran's tables read as the vendor's objects: names, histories, folds, what is refused."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import PipelineError
from orchestration.sources.crm.fivetran_names import snake
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def read(folder: Path, system: str, **files: str) -> dict[str, list[dict[str, Any]]]:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    entry = SourceEntry.model_validate(
        {"name": "crm", "system": system, "path": folder, "layout": "fivetran"}
    )
    feeds = open_feeds(entry, now=NOW, progress=lambda _: None)
    return {feed.object: [row for batch in feed.batches for row in batch.rows.to_pylist()] for feed in feeds}


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Product2Id", "product_2_id"),
        ("LossReason__c", "loss_reason_c"),
        ("SystemModstamp", "system_modstamp"),
        ("CallDurationInSeconds", "call_duration_in_seconds"),
        ("OpportunityFieldHistory", "opportunity_field_history"),
    ],
)
def test_names(name: str, table: str) -> None:
    assert snake(name) == table


def test_opportunity_history_is_two_things(tmp_path: Path) -> None:
    own = "id,opportunity_id,stage_name,created_date\n008,006,Won,2024-01-01\n"
    versions = (
        "_fivetran_active,_fivetran_start,_fivetran_end,id,stage_name\ntrue,2024-01-01,9999-12-31,006,Won\n"
    )
    assert list(read(tmp_path / "a", "salesforce", opportunity_history=own)) == ["OpportunityHistory"]
    assert list(read(tmp_path / "b", "salesforce", opportunity_history=versions)) == ["Opportunity"]


def test_a_record_that_ends_is_deleted_and_one_that_goes_on_is_not(tmp_path: Path) -> None:
    """The versions lie in two files; the second record was deleted and came back."""
    header = "_fivetran_active,_fivetran_start,_fivetran_end,id,is_deleted\n"
    rows = read(
        tmp_path,
        "salesforce",
        opportunity_history_1=header + "false,2024-01-01 00:00:00,2024-01-31 23:59:59.999,1,false\n",
        opportunity_history=header
        + "true,2024-02-01 00:00:00,9999-12-31 23:59:59,1,false\n"
        + "false,2024-01-01 00:00:00,2024-01-10 00:00:00,2,false\n"
        + "true,2024-03-01 00:00:00,9999-12-31 23:59:59,2,false\n",
    )["Opportunity"]
    found = sorted(
        (row["Id"], row["SystemModstamp"], row["IsDeleted"], row["_source_row"] < 0) for row in rows
    )
    assert found == [
        ("1", "2024-01-01 00:00:00Z", None, False),
        ("1", "2024-02-01 00:00:00Z", None, False),
        ("2", "2024-01-01 00:00:00Z", None, False),
        ("2", "2024-01-10 00:00:00Z", "true", True),
        ("2", "2024-03-01 00:00:00Z", None, False),
    ]


def test_associations_are_put_together(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path,
        "hubspot",
        deal_company="deal_id,company_id,type_id,category\n1,31,5,HUBSPOT_DEFINED\n1,31,341,HUBSPOT_DEFINED\n1,32,341,X\n",
    )["associations"]
    ends = json.loads(row["to"])
    assert [end["toObjectId"] for end in ends] == ["31", "32"]
    assert [way["label"] for way in ends[0]["associationTypes"]] == [None, "Primary"]


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="none of the 1 files"):
        read(tmp_path / "a", "hubspot", stuff="a\n1\n")
    with pytest.raises(PipelineError, match=r"deal\.csv: column deal_id"):
        read(tmp_path / "b", "hubspot", deal="name\n1\n")
    with pytest.raises(ValueError, match="give their path"):
        SourceEntry.model_validate({"name": "crm", "system": "hubspot", "layout": "fivetran"})
    with pytest.raises(ValueError, match="has no layout"):
        SourceEntry.model_validate({"name": "crm", "system": "zoho", "path": "x", "layout": "fivetran"})


def test_times_without_a_zone_are_in_utc(tmp_path: Path) -> None:
    """Those of the CRM's fields and of a version's beginning; a day, another zone and other texts stay."""
    times = (
        "2024-01-10 09:00:00",
        "2024-01-10T09:00:00.123",
        "2024-01-10 09:00:00+02",
        "2024-01-10 09:00:00 -05:00",
        "2024-01-10T09:00:00Z",
        "2024-01-10",
        "",
    )
    deals = "deal_id,property_createdate,property_dealname\n"
    deals += "".join(f"{n},{time},{time}\n" for n, time in enumerate(times))
    rows = read(tmp_path / "hubspot", "hubspot", deal=deals)["deals"]
    assert [row["createdAt"] for row in rows] == [
        "2024-01-10 09:00:00Z",
        "2024-01-10T09:00:00.123Z",
        *times[2:6],
        None,
    ]
    assert [row["dealname"] for row in rows][:2] == list(times[:2])
    versions = (
        "_fivetran_active,_fivetran_start,_fivetran_end,id,close_date\n"
        "true,2024-01-10 09:00:00,9999-12-31,006,2024-02-01\n"
    )
    deal = read(tmp_path / "salesforce", "salesforce", opportunity_history=versions)["Opportunity"][0]
    assert (deal["SystemModstamp"], deal["CloseDate"]) == ("2024-01-10 09:00:00Z", "2024-02-01")


def test_an_owner_who_left_is_archived(tmp_path: Path) -> None:
    """`is_active` is Fivetran's own column of owners; that of a deal would be a property of the account's."""
    owners = "owner_id,email,is_active\n1,ann@a.example,true\n2,bob@a.example,false\n3,cy@a.example,\n"
    deals = "deal_id,is_active\n11,false\n"
    rows = read(tmp_path, "hubspot", owner=owners, deal=deals)
    assert [row["archived"] for row in rows["owners"]] == [None, "true", None]
    assert [row["archived"] for row in rows["deals"]] == [None]
