"""Pipedrive's API read from an account in memory."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.crm_accounts import PipedriveAccount as Account
from orchestration.errors import PipelineError
from orchestration.sources.crm.pipedrive_api import pipedrive_api_feeds
from orchestration.sources.crm.windows import ApiRun
from tests.unit.api_server import ApiServer, Reply, Watch, api_server
from tests.unit.pipedrive_account import PipedriveAccount

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(key: int, modified: str = "2026-02-01T10:00:00Z", **values: Any) -> dict[str, Any]:
    return {"id": key, "update_time": modified, **values}


def change(key: int, deal: int) -> dict[str, Any]:
    return {
        "object": "dealChange",
        "data": {"id": key, "item_id": deal, "field_key": "value", "old_value": 1, "new_value": 2.50},
    }


@pytest.fixture
def account() -> PipedriveAccount:
    return PipedriveAccount()


@pytest.fixture
def server(account: PipedriveAccount) -> Iterator[ApiServer]:
    with api_server(account.answer) as running:
        yield running


def read(
    server: ApiServer,
    state: Mapping[str, Any] | None = None,
    token: str = "pipedrive-token",  # noqa: S107
    **options: Any,
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any], dict[str, bool]]:
    """Rows, states and completeness by object."""
    run = ApiRun(Watch().caller(), NOW, state or {}, lambda _: token)
    rows, states, complete = {}, {}, {}
    for feed in pipedrive_api_feeds(
        Account(token_env="PIPEDRIVE_TOKEN", base_url=server.url, **options), run
    ):
        rows[feed.object] = [row for batch in feed.batches for row in batch.rows.to_pylist()]
        states[feed.object] = feed.state() if feed.state else None
        complete[feed.object] = feed.is_complete
    return rows, states, complete


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_every_listing_to_its_end(account: PipedriveAccount, server: ApiServer) -> None:
    account.records = {
        "deals": [
            record(1),
            record(2),
            record(3, is_archived=True),
            record(4, is_deleted=True),
            record(5),
            record(6),
        ],
        "persons": [
            record(1, emails=[{"value": "a@acme.example", "primary": True}], custom_fields={"x": 0.10})
        ],
        "stages": [record(number) for number in range(1, 6)],
        "users": [{"id": 1}, {"id": 2}],
    }
    rows, states, complete = read(server)
    assert keys(rows["deals"]) == ["1", "2", "5", "6", "4", "3"]
    assert rows["persons"][0]["emails"] == '[{"value":"a@acme.example","primary":true}]'
    assert rows["persons"][0]["custom_fields"] == '{"x":0.1}'
    assert keys(rows["stages"]) == ["1", "2", "3", "4", "5"] and keys(rows["users"]) == ["1", "2"]
    assert complete == {**dict.fromkeys(complete, True), "deal_flow": False}
    assert states["deals"] == {
        "modified_until": "2026-02-01T10:00:00.000Z",
        "listed_at": "2026-03-01T12:00:00.000Z",
    }
    assert states["stages"] is None


def test_deals_name_the_lead_that_they_came_from(account: PipedriveAccount, server: ApiServer) -> None:
    """Version 2 leaves it out unless asked; without it every lead that became a deal would look deleted."""
    account.records = {
        "deals": [
            record(1, source_lead_id="lead-a"),
            record(2, source_lead_id="lead-b", is_archived=True),
            record(3, source_lead_id="lead-c", is_deleted=True),
        ]
    }
    rows, _, _ = read(server)
    assert [row["source_lead_id"] for row in rows["deals"]] == ["lead-a", "lead-c", "lead-b"]


def test_activities_name_who_was_invited(account: PipedriveAccount, server: ApiServer) -> None:
    """Version 2 leaves it out unless asked; without it meetings with outsiders whom nobody linked look
    internal."""
    account.records = {
        "activities": [record(1, attendees=[{"email": "a@acme.example", "status": "accepted"}])]
    }
    rows, _, _ = read(server)
    assert rows["activities"][0]["attendees"] == '[{"email":"a@acme.example","status":"accepted"}]'


def test_an_incremental_read_asks_for_a_window(account: PipedriveAccount, server: ApiServer) -> None:
    account.records = {
        "deals": [
            record(1, "2026-02-28T09:44:59Z"),
            record(2, "2026-02-28T09:45:00Z"),  # equal to the beginning
            record(3, "2026-03-01T12:00:00Z"),  # equal to the end
            record(4, "2026-03-01T12:00:01Z"),
        ]
    }
    account.flow = {2: [change(9, 2)], 3: []}
    known = {"modified_until": "2026-02-28T10:00:00.000Z", "listed_at": "2026-03-01T00:00:00.000Z"}
    rows, states, complete = read(server, {"deals": known}, overlap_minutes=15)
    assert keys(rows["deals"]) == ["2", "3"] and not complete["deals"]
    assert keys(rows["deal_flow"]) == ["9"]
    assert states["deals"]["modified_until"] == "2026-03-01T12:00:00.000Z"


def test_flow_of_each_deal_and_of_none_that_has_gone(account: PipedriveAccount, server: ApiServer) -> None:
    account.records = {"deals": [record(1), record(2), record(3, is_deleted=True)]}
    account.flow = {
        1: [change(number, 1) for number in range(1, 6)] + [{"object": "activity", "data": {"id": 1}}]
    }
    rows, _, _ = read(server)
    assert [(row["id"], row["item_id"], row["old_value"], row["new_value"]) for row in rows["deal_flow"]] == [
        (str(number), "1", "1", "2.5") for number in range(1, 6)
    ]


def test_a_complete_listing_asks_no_flow_anew(account: PipedriveAccount, server: ApiServer) -> None:
    account.records = {"deals": [record(1), record(2)]}
    account.flow = {1: [change(1, 1)], 2: [change(2, 2)]}
    rows, states, _ = read(server)
    assert keys(rows["deal_flow"]) == ["1", "2"]
    account.records["deals"][1]["update_time"] = "2026-02-20T10:00:00Z"
    account.flow[2].append(change(3, 2))
    until = {"modified_until": "2026-02-10T10:00:00Z"}
    known = {
        "deals": {**until, "listed_at": "2026-02-01T00:00:00Z"},
        "deal_flow": {**states["deal_flow"], **until},
    }
    rows, states, complete = read(server, known)
    assert complete["deals"] and keys(rows["deals"]) == ["1", "2"]
    assert keys(rows["deal_flow"]) == ["2", "3"]
    assert states["deal_flow"]["modified_until"] == "2026-02-20T10:00:00.000Z"


def test_a_lead_deleted_while_pages_are_turned_hides_no_other(account: PipedriveAccount) -> None:
    account.page = 100
    leads = [{"id": f"lead-{number:03d}", "is_archived": False} for number in range(250)]
    account.records = {"leads": leads}
    reads = 0

    def answer(request: Any) -> Reply:
        nonlocal reads
        if request.path == "/v1/leads":
            reads += 1
            if reads == 2:
                account.records["leads"] = leads[10:]
        return account.answer(request)

    with api_server(answer) as server:
        rows, _, _ = read(server)
    assert keys(rows["leads"]) == [lead["id"] for lead in leads]


def test_positions_that_lead_nowhere_are_found(account: PipedriveAccount) -> None:
    pagination = {"more_items_in_collection": True}

    def answer(request: Any) -> Reply:
        if request.path == "/v1/leads":
            return Reply(
                {"success": True, "data": [{"id": "a"}], "additional_data": {"pagination": pagination}}
            )
        return account.answer(request)

    with (
        api_server(answer) as server,
        pytest.raises(PipelineError, match=r"GET /v1/leads: .* holds nothing new"),
    ):
        read(server)


def test_a_wrong_token_names_its_variable(server: ApiServer) -> None:
    with pytest.raises(
        PipelineError, match=r"answered 401: unauthorized access.*GET /api/v2/organizations"
    ) as caught:
        read(server, token="wrong-token")
    assert "PIPEDRIVE_TOKEN" in caught.value.remedy and "wrong-token" not in str(caught.value)
