"""HubSpot's API read from an account in memory, down to landing."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.crm_accounts import HubspotAccount as Account
from orchestration.errors import PipelineError
from orchestration.lib.landing import completed_ingests, feed_states, ingest, landing_files
from orchestration.settings import Settings
from orchestration.sources.crm.hubspot_api import hubspot_api_feeds
from orchestration.sources.crm.windows import ApiRun
from orchestration.sources.registry import open_feeds
from orchestration.sources_file import SourceEntry
from tests.unit.api_server import ApiServer, Watch, api_server
from tests.unit.hubspot_account import HubspotAccount, iso

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
T0 = int(NOW.timestamp() * 1000) - 86_400_000  # a day before
MINUTE = 60_000


@pytest.fixture
def account() -> HubspotAccount:
    return HubspotAccount()


@pytest.fixture
def server(account: HubspotAccount) -> Iterator[ApiServer]:
    with api_server(account.answer) as running:
        yield running


def read(
    server: ApiServer,
    now: datetime = NOW,
    state: Mapping[str, Any] | None = None,
    gone: dict[str, list[str]] | None = None,
    **options: Any,
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any], dict[str, Any]]:
    """Rows, states and feeds by object; into `gone` the keys that the source says are no more."""
    run = ApiRun(Watch().caller(), now, state or {}, lambda _: "hubspot-token")
    rows, states, feeds = {}, {}, {}
    for feed in hubspot_api_feeds(Account(token_env="T", base_url=server.url, **options), run):
        batches = list(feed.batches)
        assert not [rejected for batch in batches for rejected in batch.rejected]
        rows[feed.object] = [row for batch in batches for row in batch.rows.to_pylist()]
        feeds[feed.object] = feed
        if gone is not None:
            gone[feed.object] = [key for batch in batches for key in batch.deleted]
        if feed.state:
            states[feed.object] = feed.state()
    return rows, states, feeds


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_properties_stand_beside_the_envelope_and_nothing_is_lost(
    account: HubspotAccount, server: ApiServer
) -> None:
    account.put("deals", "9007199254740993", T0, amount="0.10", dealname="A 🦊", archived="mine", empty=None)
    account.archived = {"deals": {"2": {"modified": T0, "amount": "5"}}}
    rows, states, feeds = read(server)
    live, gone = rows["deals"]
    assert live["id"] == "9007199254740993" and live["amount"] == "0.10" and live["dealname"] == "A 🦊"
    assert live["archived"] == "false" and live["property_archived"] == "mine"
    assert live["createdAt"] == "2023-11-14T22:13:20.000Z" and live["updatedAt"] == iso(T0)
    assert gone["id"] == "2" and gone["archived"] == "true" and gone["archivedAt"] == iso(T0)
    assert feeds["deals"].is_complete and feeds["deals"].key == ("id",)
    assert states["deals"] == {"modified_until": iso(T0), "listed_at": "2026-03-01T12:00:00.000Z"}


def test_listings_turn_their_pages(account: HubspotAccount, server: ApiServer) -> None:
    for key in range(1, 251):
        account.put("contacts", str(key), T0 + key)
    rows, states, _ = read(server)
    assert ids(rows["contacts"]) == [str(key) for key in range(1, 251)]
    assert [row["_source_row"] for row in rows["contacts"]] == list(range(1, 251))
    assert states["contacts"]["modified_until"] == iso(T0 + 250)


def first_state(modified: int, listed: datetime = NOW) -> dict[str, Any]:
    return {"modified_until": iso(modified), "listed_at": listed.isoformat()}


def test_an_incremental_read_asks_for_what_changed_since_the_overlap(
    account: HubspotAccount, server: ApiServer
) -> None:
    account.put("deals", "1", T0 - 61 * MINUTE)
    account.put("deals", "2", T0 - 60 * MINUTE)  # equal to the beginning
    account.put("deals", "3", T0 - 30 * MINUTE)  # late: dated before what has been seen
    account.put("deals", "4", T0 + 5)
    account.put("deals", "5", int(NOW.timestamp() * 1000) + 1)  # after the window's end
    rows, states, feeds = read(server, state={"deals": first_state(T0)})
    assert ids(rows["deals"]) == ["2", "3", "4"]
    assert not feeds["deals"].is_complete
    assert states["deals"]["modified_until"] == iso(T0 + 5)
    later, _, _ = read(server, NOW + timedelta(hours=1), state=states)
    assert "5" in ids(later["deals"])


def test_the_cursor_never_moves_back(account: HubspotAccount, server: ApiServer) -> None:
    account.put("deals", "1", T0 - 10 * MINUTE)
    _, states, _ = read(server, state={"deals": first_state(T0)})
    assert states["deals"]["modified_until"] == iso(T0)


@pytest.mark.parametrize("same", [False, True], ids=["one after the other", "an import: all at one moment"])
def test_search_goes_beyond_its_ten_thousand(account: HubspotAccount, server: ApiServer, same: bool) -> None:
    for key in range(1, 10_452):
        account.put("contacts", str(key), T0 + (0 if same else key // 3))
    account.put("contacts", "20000", T0 + 4000)
    rows, _, _ = read(server, state={"contacts": first_state(T0)})
    assert len(ids(rows["contacts"])) == 10_452
    assert set(ids(rows["contacts"])) == set(account.records["contacts"])


def test_what_is_modified_meanwhile_moves_no_other_out_of_sight(
    account: HubspotAccount, server: ApiServer
) -> None:
    for key in range(1, 901):
        account.put("deals", str(key), T0 + key)

    def touch(number: int) -> None:
        for key in range(1, 51):  # of the first page, after the window's end
            account.records["deals"][str(key)]["modified"] = int(NOW.timestamp() * 1000) + number

    account.on_search = lambda number: touch(number) if number == 2 else None
    rows, _, _ = read(server, state={"deals": first_state(T0)})
    assert set(ids(rows["deals"])) == set(account.records["deals"])


def test_a_listing_is_complete_again_after_some_days(account: HubspotAccount, server: ApiServer) -> None:
    account.put("deals", "1", T0 - 400 * 24 * 60 * MINUTE)  # dated back beyond any overlap
    state = {"deals": first_state(T0, NOW - timedelta(days=7))}
    rows, _, feeds = read(server, state=state)
    assert ids(rows["deals"]) == ["1"] and feeds["deals"].is_complete
    rows, _, feeds = read(server, state=state, complete_every_days=None)
    assert ids(rows["deals"]) == [] and not feeds["deals"].is_complete


def test_history_and_associations_of_what_was_read(account: HubspotAccount, server: ApiServer) -> None:
    account.put("deals", "1", T0)
    account.history = {
        "1": {
            "dealstage": [
                {"value": "won", "timestamp": iso(T0 + 9), "sourceType": "CRM_UI", "updatedByUserId": 7},
                {"value": "open", "timestamp": iso(T0), "sourceType": "CRM_UI"},
            ],
            "dealname": [{"value": "x", "timestamp": iso(T0), "sourceType": "API"}],
        }
    }
    account.associations = {("deals", "contacts"): {"1": ["11", "12", "13"]}}
    rows, states, feeds = read(server)
    history = rows["deal_property_history"]
    assert [(row["dealId"], row["property"], row["value"]) for row in history] == [
        ("1", "dealstage", "open"),
        ("1", "dealstage", "won"),
    ]
    assert history[1]["updatedByUserId"] == "7"
    assert not feeds["deal_property_history"].is_complete
    account.put("contacts", "11", T0)
    account.put("leads", "77", T0)
    account.history["11"] = {"hs_lead_status": [{"value": "NEW", "timestamp": iso(T0)}]}
    account.history["77"] = {"hs_pipeline_stage": [{"value": "new", "timestamp": iso(T0)}]}
    people, _, _ = read(server)
    assert [(row["contactId"], row["value"]) for row in people["contact_property_history"]] == [("11", "NEW")]
    assert [(row["leadId"], row["value"]) for row in people["lead_property_history"]] == [("77", "new")]
    (row,) = rows["associations"]
    assert (row["fromObjectType"], row["fromObjectId"], row["toObjectType"]) == ("deals", "1", "contacts")
    assert [end["toObjectId"] for end in json.loads(row["to"])] == [11, 12, 13]
    assert feeds["associations"].is_complete

    account.associations = {}
    account.put("deals", "1", T0 + 20)
    gone: dict[str, list[str]] = {}
    rows, _, feeds = read(server, state=states, gone=gone)
    assert not rows["associations"]
    assert {"deals|1|companies", "deals|1|contacts"} <= set(gone["associations"])
    assert not feeds["associations"].is_complete


def test_owners_who_left_and_all_pipelines(account: HubspotAccount, server: ApiServer) -> None:
    account.owners = [{"id": "1", "archived": False}, {"id": "2", "archived": True}]
    stage = {"id": "s", "label": "Won", "metadata": {"probability": "1.0", "isClosed": "true"}}
    account.pipelines = {"deals": [{"id": "default", "label": "Sales", "stages": [stage]}]}
    rows, _, _ = read(server)
    assert [(row["id"], row["archived"]) for row in rows["owners"]] == [("1", "false"), ("2", "true")]
    assert rows["pipelines"][0]["objectType"] == "deals"
    assert json.loads(rows["pipelines"][0]["stages"]) == [stage]


def test_an_object_that_the_token_may_not_read_is_said_and_passed_over(
    account: HubspotAccount, server: ApiServer
) -> None:
    account.put("deals", "1", T0)
    account.put("calls", "5", T0)
    account.associations = {("calls", "deals"): {"5": ["1"]}}
    account.closed = {"leads"}
    rows, states, feeds = read(server)
    assert ids(rows["deals"]) == ["1"]
    assert [row["toObjectType"] for row in rows["associations"]] == ["deals"]
    assert feeds["associations"].is_complete and feeds["pipelines"].is_complete
    assert feeds["leads"].warnings == (
        "leads are not part of this account, or its token may not read them: not read",
    )
    assert not feeds["leads"].is_complete and "leads" not in states
    # it was read before: what is known of it has not ended
    _, _, feeds = read(server, state={"leads": {"modified_until": None, "listed_at": None}})
    assert not feeds["associations"].is_complete and not feeds["pipelines"].is_complete


def test_a_wrong_token_names_its_variable(server: ApiServer) -> None:
    run = ApiRun(Watch().caller("crm"), NOW, {}, lambda _: "wrong-token")
    with pytest.raises(PipelineError, match=r"Source crm: .* answered 401") as caught:
        next(hubspot_api_feeds(Account(token_env="HUBSPOT_TOKEN", base_url=server.url), run))
    assert "HUBSPOT_TOKEN" in caught.value.remedy and "wrong-token" not in str(caught.value)


def land(server: ApiServer, home: Path, now: datetime) -> dict[str, Any]:
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    entry = SourceEntry.model_validate(
        {"name": "hs", "system": "hubspot", "hubspot_api": {"token_env": "T", "base_url": server.url}}
    )
    feeds = open_feeds(
        entry,
        now=now,
        progress=lambda _: None,
        state=feed_states(settings, "hs"),
        secret=lambda _: "hubspot-token",
    )
    return {item["object"]: item for item in ingest(settings, entry, feeds, now=now).to_dict()["objects"]}


def test_landed_twice_lands_nothing_new_and_changes_and_deletions_arrive(
    account: HubspotAccount, server: ApiServer, tmp_path: Path
) -> None:
    account.put("deals", "1", T0, amount="5")
    account.put("deals", "2", T0 + 1, amount="6")
    account.put("contacts", "11", T0, email="ann@acme.example")
    account.associations = {("deals", "contacts"): {"1": ["11"]}}
    account.history = {"1": {"amount": [{"value": "5", "timestamp": iso(T0), "sourceType": "API"}]}}
    account.owners = [{"id": "1", "archived": False}]

    first = land(server, tmp_path, NOW)
    assert {name: item["landed_rows"] for name, item in first.items() if item["landed_rows"]} == {
        "deals": 2,
        "contacts": 1,
        "associations": 1,
        "deal_property_history": 1,
        "owners": 1,
    }
    again = land(server, tmp_path, NOW + timedelta(minutes=5))
    assert not any(item["landed_rows"] or item["deleted_rows"] for item in again.values())
    account.associations = {}
    third = land(server, tmp_path, NOW + timedelta(minutes=10))
    assert {name for name, item in third.items() if item["deleted_rows"]} == {"associations"}
    assert not any(item["landed_rows"] for item in third.values())

    account.put("deals", "1", T0 + 7, amount="7")
    account.archived = {"deals": {"2": account.records["deals"].pop("2")}}
    fourth = land(server, tmp_path, NOW + timedelta(minutes=15))
    assert fourth["deals"]["landed_rows"] == 2  # the new amount, and `archived`
    del account.archived["deals"]["2"]  # purged: only a complete listing shows it
    fifth = land(server, tmp_path, NOW + timedelta(days=8))
    assert fifth["deals"]["deleted_rows"] == 1

    settings = Settings(home=tmp_path, sources_file=tmp_path / "sources.yaml")
    files = landing_files(settings, completed_ingests(settings, "hs"))["hubspot"]["deals"]
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    assert [(row["id"], row.get("amount"), row.get("archived"), row["_change"]) for row in rows] == [
        ("1", "5", "false", "upsert"),
        ("2", "6", "false", "upsert"),
        ("1", "7", "false", "upsert"),
        ("2", "6", "true", "upsert"),
        ("2", None, None, "delete"),
    ]
