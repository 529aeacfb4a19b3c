"""What HubSpot lands comes out under the canonical fields: merges, archives, renamed stages, history.
Read from an account in memory, landed, and staged by dbt."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.crm_staging import Rows, by, land, newest, shown, staged
from tests.unit.api_server import api_server
from tests.unit.hubspot_account import HubspotAccount, iso

pytestmark = pytest.mark.long

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
T0 = int(datetime(2026, 2, 1, 12, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000


def stage(key: str, label: str, order: int, probability: str, closed: bool) -> dict[str, Any]:
    metadata = {"probability": probability, "isClosed": str(closed).lower()}
    return {"id": key, "label": label, "displayOrder": order, "metadata": metadata}


@pytest.fixture(scope="module")
def hubspot(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    home = tmp_path_factory.mktemp("hubspot")
    account = HubspotAccount()
    sales = [
        stage("1", "Qualified", 0, "0.2", False),
        stage("2", "Won", 1, "1.0", True),
        stage("3", "Lost", 2, "0.0", True),
    ]
    partner = [stage("11", "Talking", 5, "0.5", False), stage("12", "Certain", 6, "1.0", False)]
    account.pipelines = {
        "deals": [
            {"id": "default", "label": "Sales", "displayOrder": 0, "stages": sales},
            {"id": "p2", "label": "Partners", "displayOrder": 1, "stages": partner},
        ],
        "leads": [{"id": "lp", "label": "Leads", "displayOrder": 0, "stages": [
            {"id": "new", "label": "New", "displayOrder": 0, "metadata": {}},
            {"id": "ok", "label": "Qualified", "displayOrder": 1, "metadata": {}},
        ]}],
    }  # fmt: skip
    account.owners = [
        {
            "id": "7",
            "email": "ann@acme.example",
            "firstName": "Ann",
            "archived": False,
            "teams": [{"name": "North"}],
        },
        {"id": "8", "email": "bob@acme.example", "firstName": "Bob", "archived": True},
    ]
    deal = {
        "pipeline": "default",
        "hubspot_owner_id": "7",
        "hs_merged_object_ids": None,
        "hs_is_closed": "false",
    }
    account.put(
        "deals",
        "1",
        T0,
        **{**deal, "dealstage": "2", "amount": "1000.50", "closedate": "2026-02-02T02:00:00Z"},
    )
    account.put("deals", "2", T0, **{**deal, "dealstage": "1", "amount": "5", "hs_merged_object_ids": "3;4"})
    account.put("deals", "3", T0, **{**deal, "dealstage": "1", "amount": "5"})
    account.put(
        "deals", "5", T0, **{**deal, "pipeline": "p2", "dealstage": "12", "hs_deal_stage_probability": "1"}
    )
    account.put("deals", "6", T0, **{**deal, "dealstage": "gone", "hs_deal_stage_probability": "0.35"})
    account.put("deals", "7", T0, **{**deal, "dealstage": "1"})
    account.archived = {"deals": {"9": {"modified": T0, **deal, "dealstage": "1"}}}
    account.history = {"1": {
        "dealstage": [
            {"value": "2", "timestamp": iso(T0), "sourceType": "CRM_UI", "updatedByUserId": 7},
            {"value": "1", "timestamp": iso(T0 - DAY), "sourceType": "CRM_UI"},
        ],
        "closedate": [
            {"value": "2026-02-02T02:00:00Z", "timestamp": iso(T0), "sourceType": "CRM_UI"},
            {"value": str(T0 + 30 * DAY), "timestamp": iso(T0 - DAY), "sourceType": "CRM_UI"},
        ],
        "amount": [
            {"value": "1000.50", "timestamp": iso(T0)},
            {"value": "", "timestamp": iso(T0 - DAY)},
            {"value": "900", "timestamp": iso(T0 - 2 * DAY)},
        ],
        "hubspot_owner_id": [
            {"value": "7", "timestamp": iso(T0)},
            {"value": "8", "timestamp": iso(T0 - DAY)},
        ],
        "pipeline": [{"value": "default", "timestamp": iso(T0)}, {"value": "p2", "timestamp": iso(T0 - DAY)}],
    }}  # fmt: skip
    account.history["11"] = {
        "lifecyclestage": [
            {"value": "salesqualifiedlead", "timestamp": iso(T0 - DAY)},
            {"value": "lead", "timestamp": iso(T0 - 9 * DAY), "updatedByUserId": 7},
        ],
        "hs_lead_status": [
            {"value": "NEW", "timestamp": iso(T0)},
            {"value": "", "timestamp": iso(T0 - 2 * DAY)},
            {"value": "OPEN", "timestamp": iso(T0 - 8 * DAY)},
        ],
        "hubspot_owner_id": [{"value": "7", "timestamp": iso(T0 - DAY)}],
    }
    account.history["12"] = {"lifecyclestage": [{"value": "customer", "timestamp": iso(T0)}]}  # never a lead
    account.history["13"] = {"lifecyclestage": [{"value": "lead", "timestamp": iso(T0)}]}  # is lead object 77
    account.history["77"] = {
        "hs_pipeline_stage": [
            {"value": "new", "timestamp": iso(T0)},
            {"value": "ok", "timestamp": iso(T0 - DAY)},
        ],
        "hubspot_owner_id": [
            {"value": "7", "timestamp": iso(T0)},
            {"value": "8", "timestamp": iso(T0 - DAY)},
        ],
    }
    account.put("companies", "50", T0, name="Acme", numberofemployees="12", lifecyclestage="customer")
    person = {"hs_merged_object_ids": None, "hs_lead_status": None}
    account.put(
        "contacts",
        "11",
        T0,
        **{**person, "firstname": "Lea", "lifecyclestage": "lead", "hs_lead_status": "NEW"},
    )
    merged = {"hs_merged_object_ids": "15", "firstname": "Cus", "lifecyclestage": "customer"}
    account.put("contacts", "12", T0, **{**person, **merged})
    account.put("contacts", "15", T0, **{**person, "firstname": "Twin", "lifecyclestage": "customer"})
    account.put(
        "contacts", "13", T0, **{**person, "firstname": "Obj", "lifecyclestage": "salesqualifiedlead"}
    )
    dates = {"hs_lifecyclestage_lead_date": iso(T0 - DAY), "hs_lifecyclestage_opportunity_date": iso(T0)}
    account.put(
        "contacts", "14", T0, **{**person, **dates, "firstname": "Con", "lifecyclestage": "opportunity"}
    )
    account.put("leads", "77", T0, hs_pipeline="lp", hs_pipeline_stage="new", hubspot_owner_id="7")
    activity = {"hubspot_owner_id": "7", "hs_timestamp": iso(T0), "hs_object_source": "CRM_UI"}
    connected = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
    call = {"hs_call_direction": "OUTBOUND", "hs_call_duration": "90000", "hs_call_disposition": connected}
    account.put("calls", "31", T0, **activity, **call, hs_call_status="COMPLETED")
    account.put("calls", "32", T0, **activity, hs_call_direction="OUTBOUND", hs_call_status="NO_ANSWER")
    account.put("calls", "33", T0, **activity, hs_call_direction="OUTBOUND", hs_call_status="FAILED")
    account.put(
        "emails",
        "31",
        T0,
        **{**activity, "hs_object_source": "SEQUENCES"},
        hs_email_direction="INCOMING_EMAIL",
    )
    for key, subject in (("32", "Automatic reply: Offer"), ("33", "Re: Offer")):
        account.put(
            "emails", key, T0, **activity, hs_email_direction="INCOMING_EMAIL", hs_email_subject=subject
        )
    account.put("tasks", "33", T0, **activity, hs_task_subject="Call back")
    account.put("meetings", "34", T0, **activity, hs_meeting_start_time=iso(T0), hs_meeting_outcome="NO_SHOW")
    account.put("line_items", "41", T0, name="Seat", quantity="3", price="10", hs_discount_percentage="20")
    account.associations = {
        ("deals", "contacts"): {"1": ["12", "14"]},
        ("deals", "companies"): {"1": ["50"]},
        ("leads", "contacts"): {"77": ["13"]},
        ("calls", "contacts"): {"31": ["11"]},
        ("emails", "contacts"): {"31": ["12"]},
        ("tasks", "contacts"): {"33": ["13"]},
        ("meetings", "deals"): {"34": ["1"]},
        ("line_items", "deals"): {"41": ["1"]},
    }
    with api_server(account.answer) as server:
        land(home, server.url, "hubspot", NOW)
        # a stage is renamed, another removed, a record changes, one is archived
        account.archived["deals"]["7"] = account.records["deals"].pop("7")
        sales[0]["label"] = "Discovery"
        del sales[2]
        account.put(
            "deals",
            "2",
            T0 + 10 * DAY,
            **{**deal, "dealstage": "3", "amount": "6", "hs_merged_object_ids": "3;4"},
        )
        land(home, server.url, "hubspot", NOW + timedelta(hours=1))
    return staged(home, "hubspot", NOW + timedelta(hours=2))


def test_hubspot_deals(hubspot: dict[str, Rows]) -> None:
    deals = by(hubspot["opportunities"], "opportunity_id")
    assert set(deals) == {"crm:1", "crm:2", "crm:3", "crm:5", "crm:6"}  # 7 and 9 are archived
    assert shown(deals["crm:1"], "stage", "amount", "is_closed", "is_won", "account_id", "owner_id") == (
        "Won", "1000.5000", "True", "True", "crm:50", "7",
    )  # fmt: skip
    assert str(deals["crm:1"]["close_date"]) == "2026-02-01"  # 21:00 on the day before, in New York
    assert str(deals["crm:1"]["closed_at"]) == "2026-02-01 12:00:00"
    assert deals["crm:3"]["merged_into_id"] == "crm:2" and deals["crm:2"]["merged_into_id"] is None
    assert shown(deals["crm:2"], "stage", "is_closed", "is_won") == ("Lost", "True", "False")  # removed since
    # what HubSpot computes of the stage is no probability of the deal: it ends with the stage
    assert shown(deals["crm:5"], "pipeline_id", "is_closed", "is_won", "probability") == (
        "crm:p2", "False", "False", None,
    )  # fmt: skip
    assert shown(deals["crm:6"], "stage", "probability") == ("gone", "0.350000")
    versions = [row for row in hubspot["opportunity_snapshots"] if row["opportunity_id"] == "crm:2"]
    assert sorted((row["stage"], row["is_latest"]) for row in versions) == [
        ("Discovery", False),
        ("Lost", True),
    ]


def test_hubspot_stages_and_history(hubspot: dict[str, Rows]) -> None:
    stages = by(hubspot["stages"], "stage_id")
    columns = ("stage", "stage_order", "default_probability", "is_closed", "is_won")
    assert shown(stages["crm:default/1"], *columns) == (
        "Discovery", "1", "0.200000", "False", "False",
    )  # fmt: skip
    assert shown(stages["crm:default/2"], "is_closed", "is_won") == ("True", "True")
    assert shown(stages["crm:p2/12"], "is_closed", "is_won") == ("False", "False")
    changes = {
        (row["field"], row["old_value"], row["new_value"]) for row in hubspot["opportunity_field_changes"]
    }
    assert changes == {
        ("dealstage", None, "Discovery"),
        ("dealstage", "Discovery", "Won"),
        ("closedate", None, "2026-03-03"),
        ("closedate", "2026-03-03", "2026-02-01"),
        ("amount", None, "900"),
        ("amount", "900", None),
        ("amount", None, "1000.50"),
        ("hubspot_owner_id", None, "8"),
        ("hubspot_owner_id", "8", "7"),
        ("pipeline", None, "p2"),
        ("pipeline", "p2", "default"),
    }


def test_hubspot_people(hubspot: dict[str, Rows]) -> None:
    leads, contacts = by(newest(hubspot["lead_snapshots"]), "lead_id"), by(hubspot["contacts"], "contact_id")
    assert {key: row["first_name"] for key, row in leads.items()} == {
        "crm:contact-11": "Lea", "crm:contact-14": "Con", "crm:77": "Obj",
    }  # fmt: skip
    alive = {key for key, row in contacts.items() if row["merged_into_id"] is None}
    assert alive == {"crm:12", "crm:14"}  # nobody is an open lead and a contact
    assert contacts["crm:15"]["merged_into_id"] == "crm:12"
    assert shown(leads["crm:contact-11"], "status", "is_converted") == ("NEW", "False")
    assert shown(leads["crm:contact-14"], "is_converted", "contact_id", "converted_at") == (
        "True", "crm:14", "2026-02-01 12:00:00",
    )  # fmt: skip
    assert shown(leads["crm:77"], "status", "owner_id") == ("New", "7")
    users = by(hubspot["users"], "user_id")
    assert shown(users["crm:7"], "email", "is_active", "team") == ("ann@acme.example", "True", "North")
    assert users["crm:8"]["is_active"] is False
    assert by(hubspot["accounts"], "account_id")["crm:50"]["employees"] == 12


def test_hubspot_lead_history(hubspot: dict[str, Rows]) -> None:
    """Status is the lead status, and where that is empty the lifecycle stage, as in the lead itself."""
    days = {str(datetime.fromtimestamp(T0 / 1000, UTC) - timedelta(days=n))[:10]: n for n in range(10)}
    changes = by(hubspot["lead_field_changes"], "change_id").values()
    found = {
        (row["lead_id"], row["field"], days[str(row["changed_at"])[:10]]): (
            row["old_value"],
            row["new_value"],
        )
        for row in changes
    }
    assert found == {
        ("crm:contact-11", "status", 9): (None, "lead"),
        ("crm:contact-11", "status", 8): ("lead", "OPEN"),
        ("crm:contact-11", "status", 2): ("OPEN", "lead"),
        ("crm:contact-11", "status", 1): ("lead", "salesqualifiedlead"),
        ("crm:contact-11", "status", 0): ("salesqualifiedlead", "NEW"),
        ("crm:contact-11", "owner_id", 1): (None, "7"),
        ("crm:77", "status", 1): (None, "Qualified"),
        ("crm:77", "status", 0): ("Qualified", "New"),
        ("crm:77", "owner_id", 1): (None, "8"),
        ("crm:77", "owner_id", 0): ("8", "7"),
    }
    assert len(found) == len(changes)


def test_hubspot_activities(hubspot: dict[str, Rows]) -> None:
    activities = by(hubspot["activities"], "activity_id")
    columns = ("kind", "direction", "lead_id", "contact_id", "is_automated", "is_connected")
    assert shown(activities["crm:calls-31"], *columns) == (
        "call",
        "outbound",
        "crm:contact-11",
        None,
        "False",
        "True",
    )
    # nobody answered, but somebody called
    assert [activities[f"crm:calls-{key}"]["status"] for key in (32, 33)] == ["completed", "failed"]
    assert shown(activities["crm:emails-31"], *columns) == ("email", "inbound", None, "crm:12", "True", None)
    # who is away has not answered
    assert [activities[f"crm:emails-{key}"]["is_automated"] for key in (32, 33)] == [True, False]
    assert shown(activities["crm:tasks-33"], "kind", "lead_id", "occurred_at", "due_at") == (
        "task", "crm:77", None, "2026-02-01 12:00:00",
    )  # fmt: skip
    assert float(activities["crm:calls-31"]["duration_minutes"]) == 1.5
    (meeting,) = hubspot["calendar_events"]
    assert shown(meeting, "opportunity_id", "outcome", "calendar_owner") == ("crm:1", "no_show", "7")
    (item,) = hubspot["line_items"]
    assert (item["opportunity_id"], float(item["unit_price"]), float(item["discount_rate"])) == (
        "crm:1",
        8.0,
        0.2,
    )
    roles = by(hubspot["opportunity_contacts"], "opportunity_contact_id")
    assert {row["contact_id"]: row["is_primary"] for row in roles.values()} == {
        "crm:12": True,
        "crm:14": False,
    }
