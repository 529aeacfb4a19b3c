"""What Fivetran calls the tables and columns of Salesforce and HubSpot, and what the vendors call them.

Belongs here: names only. Reading the tables is `fivetran_tables`. A column that is not listed lands too:
a Salesforce one under its API name where the catalog knows it, a HubSpot one without `property_`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestration.catalog import objects_of

SYNCED, START, END = "_fivetran_synced", "_fivetran_start", "_fivetran_end"
ACTIVE, DELETED = "_fivetran_active", "_fivetran_deleted"
# The vendor's own column that says that a record is deleted.
DELETED_FLAG = {"salesforce": "IsDeleted", "hubspot": "archived"}


@dataclass(frozen=True)
class TableShape:
    """One table. `columns`: the vendor's column to those that may hold it, the first filled one counts.
    `constants`: columns that the table's name stands for. `is_events`: rows are events, not versions of
    a record, although they have a beginning and an end. `active`: columns whose `false` says that the record
    is no more."""

    object: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    is_events: bool = False
    active: tuple[str, ...] = (ACTIVE,)


@dataclass(frozen=True)
class PairShape:
    """A table of pairs, which become associations. `from_type`: a kind of record, or engagement_type, the
    column that holds it. `primary_type_id`: HubSpot's number of the association with the primary one."""

    from_type: str
    from_id: str
    to_type: str
    to_id: str
    primary_type_id: str | None = None


def _record(name: str, id_column: str = "id", **columns: str) -> TableShape:
    return TableShape(
        name,
        {
            "id": tuple(id_column.split()),
            "createdAt": ("property_createdate", "property_hs_createdate", "created_at"),
            "updatedAt": (
                "property_hs_lastmodifieddate",
                "property_lastmodifieddate",
                "updated_at",
                SYNCED,
            ),
            **{target: tuple(sources.split()) for target, sources in columns.items()},
        },
    )


def _history(name: str, id_column: str, source: str) -> TableShape:
    columns = {
        id_column: (source,),
        "property": ("name",),
        "timestamp": ("timestamp", START),
        "sourceType": ("source",),
        "sourceId": ("source_id",),
    }
    return TableShape(name, columns, is_events=True)


def _engagement(name: str, **columns: str) -> TableShape:
    return _record(name, "engagement_id", **columns)


HUBSPOT_TABLES: Mapping[str, TableShape] = {
    "contact": _record("contacts"),
    "company": _record("companies"),
    "deal": _record(
        "deals",
        "deal_id id",
        pipeline="deal_pipeline_id property_pipeline",
        dealstage="deal_pipeline_stage_id property_dealstage",
        hubspot_owner_id="owner_id property_hubspot_owner_id",
    ),
    "lead": _record("leads"),
    "line_item": _record("line_items"),
    "owner": replace(
        _record(
            "owners", "owner_id id", firstName="first_name", lastName="last_name", userId="active_user_id"
        ),
        active=(ACTIVE, "is_active"),
    ),
    "engagement_call": _engagement("calls"),
    "engagement_email": _engagement("emails"),
    "engagement_meeting": _engagement(
        "meetings",
        hs_timestamp="property_hs_timestamp start_time",
        hs_meeting_start_time="property_hs_meeting_start_time start_time",
        hs_meeting_end_time="property_hs_meeting_end_time end_time",
        hs_meeting_outcome="property_hs_meeting_outcome meeting_outcome",
        hs_meeting_title="property_hs_meeting_title title",
        hs_meeting_body="property_hs_meeting_body body",
        hs_meeting_external_url="property_hs_meeting_external_url external_url",
    ),
    "engagement_task": _engagement("tasks"),
    "engagement_note": _engagement("notes"),
    "engagement_communication": _engagement("communications"),
    "deal_property_history": _history("deal_property_history", "dealId", "deal_id"),
    "contact_property_history": _history("contact_property_history", "contactId", "contact_id"),
    "lead_property_history": _history("lead_property_history", "leadId", "lead_id"),
    "deal_stage": TableShape(
        "deal_property_history",
        {
            "dealId": ("deal_id",),
            "timestamp": ("date_entered", START),
            "sourceType": ("source",),
            "sourceId": ("source_id",),
        },
        constants={"property": "dealstage"},
        is_events=True,
    ),
    "merged_deal": TableShape(
        "merges",
        {"mergedId": ("merged_deal_id",), "mergedIntoId": ("deal_id",), "mergedAt": (SYNCED,)},
        constants={"objectType": "deals"},
    ),
    "contact_merge_audit": TableShape(
        "merges",
        {
            "mergedId": ("vid_to_merge",),
            "mergedIntoId": ("canonical_vid", "contact_id"),
            "mergedAt": ("timestamp", SYNCED),
        },
        constants={"objectType": "contacts"},
    ),
}

HUBSPOT_PAIRS: Mapping[str, PairShape] = {
    "deal_contact": PairShape("deals", "deal_id", "contacts", "contact_id"),
    "deal_company": PairShape("deals", "deal_id", "companies", "company_id", "5"),
    "contact_company": PairShape("contacts", "contact_id", "companies", "company_id", "1"),
    "line_item_deal": PairShape("line_items", "line_item_id", "deals", "deal_id"),
    "lead_contact": PairShape("leads", "lead_id", "contacts", "contact_id"),
    "engagement_contact": PairShape("engagement_type", "engagement_id", "contacts", "contact_id"),
    "engagement_company": PairShape("engagement_type", "engagement_id", "companies", "company_id"),
    "engagement_deal": PairShape("engagement_type", "engagement_id", "deals", "deal_id"),
}
HUBSPOT_PIPELINES = ("deal_pipeline", "deal_pipeline_stage")


def snake(name: str) -> str:
    """A Salesforce API name as Fivetran spells it: product_2_id for Product2Id, loss_reason_c for
    LossReason__c."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name.replace("_", " "))
    return "_".join(part.lower() for part in parts)


def salesforce_tables() -> dict[str, TableShape]:
    """Every object of the catalog by Fivetran's name of its table."""
    tables = {}
    for name, spec in objects_of("salesforce").items():
        columns: dict[str, tuple[str, ...]] = {column: (snake(column),) for column in spec.types}
        if "SystemModstamp" in columns:
            columns["SystemModstamp"] = ("system_modstamp", "last_modified_date", SYNCED)
        tables[snake(name)] = TableShape(name, columns)
    return tables


def table_name(stem: str) -> str:
    """The table of a file: `sf_opportunity_data`, `opportunity_2` (a part) and `opportunity` are all one."""
    name = stem.strip().lower().removeprefix("sf_")
    return re.sub(r"([_ -]data)?([_ -]*\(?\d{1,3}\)?)?$", "", name)
