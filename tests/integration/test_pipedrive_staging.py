"""What Pipedrive lands comes out under the canonical fields: leads that became deals, deletions, changes.
Read from an account in memory, landed, and staged by dbt."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.crm_staging import Rows, by, land, newest, shown, staged
from tests.unit.api_server import api_server
from tests.unit.pipedrive_account import PipedriveAccount

pytestmark = pytest.mark.long

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def pipedrive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    home = tmp_path_factory.mktemp("pipedrive")
    account = PipedriveAccount(page=100)

    def put(name: str, key: int, day: int = 1, /, **values: Any) -> None:
        rows = [row for row in account.records.setdefault(name, []) if row["id"] != key]
        moment = f"2026-02-{day:02d}T10:00:00Z"
        account.records[name] = [
            *rows,
            {"id": key, "update_time": moment, "add_time": "2026-01-01T10:00:00Z", **values},
        ]

    def inbox(*keys: str) -> None:
        times = dict.fromkeys(("add_time", "update_time"), "2026-01-01T10:00:00.551Z")
        lead = {"person_id": 71, "organization_id": 50, "owner_id": 7, "is_archived": False, **times}
        account.records["leads"] = [{"id": key, "title": key, **lead} for key in keys]

    put("stages", 1, name="Talking", pipeline_id=1, order_nr=1, deal_probability=40)
    put("stages", 2, name="Offer", pipeline_id=1, order_nr=2, deal_probability=80)
    put("organizations", 50, name="Acme", employee_count=12, address={"value": "x", "country": "Germany"})
    put("persons", 71, name="Lea Lead", emails=[{"value": "lea@acme.example", "primary": True}], org_id=50)
    put("persons", 72, name="Con Tact", emails=[], org_id=50)
    deal = {"owner_id": 7, "currency": "EUR", "stage_id": 1, "pipeline_id": 1, "org_id": 50}
    put(
        "deals",
        1,
        **deal,
        status="won",
        value=200.5,
        close_time="2026-02-01T09:00:00Z",
        expected_close_date="2026-02-03",
    )
    put("deals", 2, **deal, status="open", value=5)
    put("deals", 3, **deal, status="open", value=5)
    put("deals", 4, **deal, status="open", value=7, is_archived=True)
    # closed without a change of stage: lost, reopened and won as the flow tells; lost, as the record tells
    put("deals", 6, **deal, status="won", value=60, close_time="2026-02-01T08:00:00Z")
    put("deals", 7, **deal, status="lost", value=70, close_time="2026-01-25T08:00:00Z", lost_reason="price")

    def change(key: int, deal: int, field: str, values: tuple[Any, Any], day: str) -> dict[str, Any]:
        facts = {"id": key, "item_id": deal, "user_id": 7, "field_key": field, "old_value": values[0]}
        return {
            "object": "dealChange",
            "data": {**facts, "new_value": values[1], "log_time": f"2026-{day} 09:00:00"},
        }

    account.flow = {
        1: [change(900, 1, "stage_id", (1, 2), "01-20"), change(904, 1, "value", (150, 200.5), "01-21")],
        6: [
            change(901, 6, "status", ("open", "lost"), "01-10"),
            change(902, 6, "status", ("lost", "open"), "01-12"),
            change(903, 6, "status", ("open", "won"), "01-31"),
        ],
    }
    done = {
        "done": True,
        "marked_as_done_time": "2026-02-01T15:10:00Z",
        "owner_id": 7,
        "due_date": "2026-02-01",
    }
    put(
        "activities",
        31,
        type="call",
        **done,
        due_time="15:00:00",
        duration="00:30:00",
        person_id=72,
        deal_id=1,
    )
    invited = [
        {"email": "ann@acme.example", "status": "accepted", "is_organizer": True, "user_id": 7},
        {"email": "Lea@out.example", "status": "noreply", "is_organizer": False, "user_id": None},
    ]
    put("activities", 32, type="meeting", **done, due_time="15:00:00", duration="01:30:00", attendees=invited)
    put("activities", 34, type="meeting", **done, due_time="17:00:00", duration="01:30:00", attendees=[])
    put("activities", 33, type="task", owner_id=7, due_date="2026-02-05", done=False)
    account.records["users"] = [
        {"id": key, "name": name, "email": f"{name}@acme.example", "active_flag": True, "access": access}
        for key, name, access in [
            (7, "ann", [{"app": "global", "admin": True}, {"app": "sales", "admin": False}]),
            (8, "bob", [{"app": "sales", "admin": True}]),
            (9, "cam", [{"app": "global", "admin": True}, {"app": "campaigns", "admin": True}]),
            (10, "left", []),
            (11, "unsaid", None),
        ]
    ]
    inbox("lead-a", "lead-b", "lead-c")
    with api_server(account.answer) as server:
        land(home, server.url, "pipedrive", NOW)
        put("deals", 2, 2, **deal, status="open", value=5, is_deleted=True)
        put("deals", 5, 2, **deal, status="open", value=9, source_lead_id="lead-a")
        account.records["deals"] = [row for row in account.records["deals"] if row["id"] != 3]  # purged
        inbox("lead-b")
        land(home, server.url, "pipedrive", NOW + timedelta(days=2))
    return staged(
        home, "pipedrive", NOW + timedelta(days=3), models=["int_opportunity_versions", "int_stage_visits"]
    )


def test_pipedrive_deals(pipedrive: dict[str, Rows]) -> None:
    deals = by(pipedrive["opportunities"], "opportunity_id")
    assert set(deals) == {"crm:1", "crm:4", "crm:5", "crm:6", "crm:7"}  # 2 is deleted, 3 has gone
    columns = ("stage", "amount", "is_closed", "is_won", "probability", "close_date", "closed_at")
    assert shown(deals["crm:1"], *columns) == (
        "Talking", "200.5000", "True", "True", "0.400000", "2026-02-03", "2026-02-01 09:00:00",
    )  # fmt: skip
    assert shown(deals["crm:5"], "is_closed", "lead_id", "pipeline_id") == ("False", "crm:lead-a", "crm:1")
    change = by(pipedrive["opportunity_field_changes"], "change_id")["crm:900"]
    assert shown(change, "field", "old_value", "new_value", "changed_at", "changed_by_id") == (
        "stage", "Talking", "Offer", "2026-01-20 09:00:00", "7",
    )  # fmt: skip
    assert by(pipedrive["stages"], "stage_id")["crm:2"]["stage_order"] == 2


def test_pipedrive_deals_close_by_their_status(pipedrive: dict[str, Rows]) -> None:
    versions: dict[str, list[tuple[Any, ...]]] = {}
    for row in sorted(pipedrive["int_opportunity_versions"], key=lambda row: row["valid_from"]):
        versions.setdefault(row["opportunity_id"], []).append(
            shown(row, "valid_from", "outcome", "stage", "amount")
        )
    assert versions["crm:6"][:4] == [
        ("2026-01-01 10:00:00", "open", "Talking", "60.00"),
        ("2026-01-10 09:00:00", "lost", "Talking", "60.00"),
        ("2026-01-12 09:00:00", "open", "Talking", "60.00"),
        ("2026-01-31 09:00:00", "won", "Talking", "60.00"),
    ]
    assert {row[1] for row in versions["crm:6"][3:]} == {"won"}
    assert versions["crm:7"][-1] == ("2026-01-25 08:00:00", "lost", "Talking", "70.00")
    assert versions["crm:1"][-1][1:] == ("won", "Talking", "200.50")
    assert {row[1:3] for row in versions["crm:4"]} == {("open", "Talking")}
    visits = [row for row in pipedrive["int_stage_visits"] if row["opportunity_id"] == "crm:6"]
    kinds = [row["exit_kind"] for row in sorted(visits, key=lambda row: row["visit_number"])]
    assert kinds == ["lost", "regressed", "won", "still_there"]


def test_pipedrive_leads_that_became_deals_are_not_deleted(pipedrive: dict[str, Rows]) -> None:
    leads = by(newest(pipedrive["lead_snapshots"]), "lead_id")
    assert set(leads) == {"crm:lead-a", "crm:lead-b"}  # lead-c has gone
    columns = ("is_converted", "opportunity_id", "status", "email", "company", "country")
    assert shown(leads["crm:lead-a"], *columns) == (
        "True", "crm:5", "converted", "lea@acme.example", "Acme", "Germany",
    )  # fmt: skip
    assert shown(leads["crm:lead-b"], "is_converted", "status") == ("False", "open")
    assert set(by(pipedrive["contacts"], "contact_id")) == {"crm:72"}


def test_pipedrive_users_who_may_sell_nothing_are_told_from_sellers(pipedrive: dict[str, Rows]) -> None:
    users = by(pipedrive["users"], "user_name")
    assert {name: (row["role"], row["user_kind"]) for name, row in users.items()} == {
        "ann": ("Regular user", None),
        "bob": ("Admin", None),
        "cam": (None, "no_sales_access"),
        "left": (None, None),  # nothing is known of those
        "unsaid": (None, None),
    }
    assert users["ann"]["is_active"] is True


def test_pipedrive_activities(pipedrive: dict[str, Rows]) -> None:
    activities = by(pipedrive["activities"], "activity_id")
    columns = ("kind", "direction", "occurred_at", "contact_id", "opportunity_id", "duration_minutes")
    assert shown(activities["crm:31"], *columns) == (
        "call", "outbound", "2026-02-01 15:10:00", "crm:72", "crm:1", "30",
    )  # fmt: skip
    assert shown(activities["crm:33"], "kind", "occurred_at", "due_at") == (
        "task",
        None,
        "2026-02-05 05:00:00",
    )
    meetings = by(pipedrive["calendar_events"], "event_id")
    meeting = meetings["crm:32"]
    assert shown(meeting, "starts_at", "ends_at", "outcome", "response") == (
        "2026-02-01 15:00:00", "2026-02-01 16:30:00", "held", "accepted",
    )  # fmt: skip
    assert json.loads(meeting["attendees"]) == [
        {"email": "ann@acme.example", "response": "accepted"},
        {"email": "Lea@out.example", "response": "needs_action"},
    ]
    # nobody was invited by it, which does not say that nobody came
    assert shown(meetings["crm:34"], "attendees", "response") == (None, None)
