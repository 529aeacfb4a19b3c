"""Salesforce's API read from an organisation in memory, by query and by bulk job."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.crm_accounts import SalesforceAccount
from orchestration.errors import PipelineError
from orchestration.records import SOURCE_FILE, SOURCE_ROW
from orchestration.sources.crm.salesforce_api import salesforce_api_feeds
from orchestration.sources.crm.windows import ApiRun
from tests.unit.api_server import Reply, Watch, api_server
from tests.unit.salesforce_org import SalesforceOrg

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEAD = {
    "Id": "id",
    "Name": "string",
    "AnnualRevenue": "currency",
    "IsDeleted": "boolean",
    "Address": "address",
    "Custom__c": "string",
    "SystemModstamp": "datetime",
}
HISTORY = {"Id": "id", "LeadId": "reference", "NewValue": "anyType", "CreatedDate": "datetime"}


def lead(number: int, modified: str, **values: Any) -> dict[str, Any]:
    return {
        "Id": f"00Q{number:015d}",
        "Name": f'Lead "{number}",\nLtd',
        "AnnualRevenue": 12000.5,
        "IsDeleted": False,
        "SystemModstamp": modified,
        **values,
    }


EVENT = {
    "Id": "id",
    "Subject": "string",
    "Description": "textarea",
    "Topic__c": "string",
    "OwnerId": "reference",
    "StartDateTime": "datetime",
    "IsPrivate": "boolean",
    "SystemModstamp": "datetime",
}


@pytest.fixture
def org() -> Iterator[SalesforceOrg]:
    organisation = SalesforceOrg(objects={"Lead": LEAD, "LeadHistory": HISTORY})
    with api_server(organisation.answer) as server:
        organisation.url = server.url
        yield organisation


def read(
    org: SalesforceOrg,
    state: Mapping[str, Any] | None = None,
    watch: Watch | None = None,
    *,
    accepts_loss: bool = False,
    **options: Any,
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any], dict[str, Any]]:
    """Rows (without where they came from), states and feeds by object."""
    account = SalesforceAccount(
        login_url=org.url,
        client_id_env="ID",
        client_secret_env="SECRET",
        **{"bulk_from_rows": 10**9, **options},
    )
    secret = "value of {}".format
    run = ApiRun((watch or Watch()).caller(), NOW, state or {}, secret, accepts_loss=accepts_loss)
    rows, states, feeds = {}, {}, {}
    for feed in salesforce_api_feeds(account, run):
        found = [row for batch in feed.batches for row in batch.rows.to_pylist()]
        rows[feed.object] = [
            {name: value for name, value in row.items() if name not in (SOURCE_FILE, SOURCE_ROW)}
            for row in found
        ]
        feeds[feed.object] = feed
        states[feed.object] = feed.state() if feed.state else None
    return rows, states, feeds


@pytest.mark.parametrize("bulk_from_rows", [10**9, 1], ids=["query", "bulk"])
def test_all_fields_land_as_text_deleted_records_too(org: SalesforceOrg, bulk_from_rows: int) -> None:
    org.records["Lead"] = [
        lead(
            number,
            f"2026-02-0{number}T10:00:00.000+0000",
            IsDeleted=number == 5,
            Custom__c=None if number == 2 else "x",
        )
        for number in range(1, 6)
    ]
    rows, states, feeds = read(org, bulk_from_rows=bulk_from_rows)
    assert len(rows["Lead"]) == 5
    assert {name: value for name, value in rows["Lead"][0].items() if value is not None} == {
        "Id": "00Q000000000000001",
        "Name": 'Lead "1",\nLtd',
        "AnnualRevenue": "12000.5",
        "IsDeleted": "false",
        "Custom__c": "x",
        "SystemModstamp": "2026-02-01T10:00:00.000Z",
    }
    assert rows["Lead"][4]["IsDeleted"] == "true"
    assert feeds["Lead"].is_complete and feeds["Lead"].key == ("Id",)
    assert states["Lead"] == {
        "modified_until": "2026-02-05T10:00:00.000Z",
        "listed_at": "2026-03-01T12:00:00.000Z",
        "fields": ["Id", "IsDeleted", "Name", "AnnualRevenue", "SystemModstamp"],
    }
    assert not any("Address" in query for query in org.asked)


def test_both_ways_give_the_same_rows(org: SalesforceOrg) -> None:
    """Or an object that grows past the limit would land anew as a whole."""
    org.records["Lead"] = [lead(n, "2026-02-01T10:00:00.000+0000", Custom__c=None) for n in range(1, 8)]
    by_query, _, _ = read(org)
    by_bulk, _, _ = read(org, bulk_from_rows=1)
    assert [{**dict.fromkeys(LEAD), **row} for row in by_query["Lead"]] == [
        {**dict.fromkeys(LEAD), **row} for row in by_bulk["Lead"]
    ]


def test_an_incremental_read_asks_for_a_window_that_was_fixed_before(org: SalesforceOrg) -> None:
    org.records["Lead"] = [
        lead(1, "2026-02-20T08:59:59.999Z"),
        lead(2, "2026-02-20T09:00:00.000Z"),  # equal to the beginning
        lead(3, "2026-02-20T11:00:00.000Z"),
        lead(4, "2026-03-01T12:00:00.001Z"),  # after the end
    ]
    org.records["LeadHistory"] = [
        {
            "Id": "017000000000001",
            "LeadId": "00Q1",
            "NewValue": 5,
            "CreatedDate": "2026-02-20T09:30:00.000+0000",
        }
    ]
    known = {"modified_until": "2026-02-20T10:00:00.000Z", "listed_at": "2026-02-28T00:00:00.000Z"}
    rows, states, feeds = read(org, {"Lead": known, "LeadHistory": known})
    assert [row["Id"][-1] for row in rows["Lead"]] == ["2", "3"]
    assert not feeds["Lead"].is_complete
    assert states["Lead"]["modified_until"] == "2026-02-20T11:00:00.000Z"
    assert states["Lead"]["listed_at"] == known["listed_at"]
    assert (
        "SELECT Id,LeadId,NewValue,CreatedDate FROM LeadHistory WHERE CreatedDate >= 2026-02-20T09:00:00.000Z"
        " AND CreatedDate <= 2026-03-01T12:00:00.000Z" in org.asked
    )
    assert rows["LeadHistory"][0]["NewValue"] == "5"


def test_history_that_salesforce_purges_is_not_taken_for_deleted(org: SalesforceOrg) -> None:
    _, states, feeds = read(org)
    assert not feeds["Lead"].keeps_missing and feeds["LeadHistory"].keeps_missing
    assert states["LeadHistory"]["listed_at"] == "2026-03-01T12:00:00.000Z"


def test_objects_that_do_not_exist_are_said_and_passed_over(org: SalesforceOrg) -> None:
    _, states, feeds = read(org)
    assert feeds["Opportunity"].warnings == (
        "Opportunity does not exist here, or the account may not see it: not read",
    )
    assert not feeds["Opportunity"].is_complete and states["Opportunity"] is None


@pytest.mark.parametrize("bulk_from_rows", [10**9, 1], ids=["query", "bulk"])
def test_events_of_which_nothing_tells_whether_they_are_private_land_as_busy_time(
    org: SalesforceOrg, bulk_from_rows: int
) -> None:
    """What the account has no right to see, describe does not list: nobody then knows which are private."""
    meeting = {
        "Id": "00U1",
        "Subject": "Oncology",
        "Description": "ward 3",
        "Topic__c": "scan",
        "OwnerId": "005",
    }
    times = dict.fromkeys(("StartDateTime", "SystemModstamp"), "2026-02-01T10:00:00.000Z")
    org.records["Event"] = [{**meeting, **times, "IsPrivate": False}]
    org.objects["Event"] = EVENT
    rows, _, feeds = read(org, bulk_from_rows=bulk_from_rows)
    assert rows["Event"][0]["Subject"] == "Oncology" and not feeds["Event"].warnings
    org.objects["Event"] = {name: kind for name, kind in EVENT.items() if name != "IsPrivate"}
    org.asked.clear()
    rows, _, feeds = read(org, bulk_from_rows=bulk_from_rows)
    assert rows["Event"] == [{"Id": "00U1", "OwnerId": "005", **times}]
    (warning,) = feeds["Event"].warnings
    assert "IsPrivate" in warning and "busy time" in warning
    assert not any("Subject" in query or "Topic__c" in query for query in org.asked)


def test_a_field_that_the_account_may_no_longer_see_stops_the_ingest(org: SalesforceOrg) -> None:
    """Records that change from then on would lose what they have in it, and nobody would have emptied it."""
    org.records["Lead"] = [lead(1, "2026-02-01T10:00:00.000Z")]
    _, states, _ = read(org)
    without = {name: kind for name, kind in LEAD.items() if name != "AnnualRevenue"}
    org.objects["Lead"] = without
    with pytest.raises(PipelineError, match="Lead has no AnnualRevenue any more") as caught:
        read(org, states)
    assert "accept_shrink" in caught.value.remedy
    rows, meant, _ = read(org, states, accepts_loss=True)
    assert "AnnualRevenue" not in rows["Lead"][0]
    read(org, meant)  # it is known then
    read(org, {"Lead": {"modified_until": None, "listed_at": None}})  # of an ingest that noted no fields
    # custom fields come and go, and so do those that staging does not read
    org.objects["Lead"] = {**LEAD, "RecontactOn__c": "date", "Rating": "string"}
    _, states, _ = read(org)
    org.objects["Lead"] = {name: kind for name, kind in LEAD.items() if name != "Custom__c"}
    read(org, states)


def test_an_object_that_the_bulk_api_refuses_is_queried(org: SalesforceOrg) -> None:
    org.records["Lead"] = [lead(1, "2026-02-01T10:00:00.000Z")]
    org.no_bulk = {"Lead"}
    rows, _, _ = read(org, bulk_from_rows=1)
    assert len(rows["Lead"]) == 1


def test_more_fields_than_an_address_holds_go_through_a_bulk_job(org: SalesforceOrg) -> None:
    org.objects["Lead"] = {**LEAD, **{f"A_rather_long_name_of_a_field_{n}__c": "string" for n in range(500)}}
    org.records["Lead"] = [lead(1, "2026-02-01T10:00:00.000Z")]
    rows, _, _ = read(org)
    assert len(rows["Lead"]) == 1 and len(rows["Lead"][0]) == 506
    org.no_bulk = {"Lead"}
    with pytest.raises(PipelineError, match="too many fields"):
        read(org)


def test_a_job_that_finds_nothing_and_answers_with_nothing(org: SalesforceOrg) -> None:
    """Salesforce may leave out even the header. A long query is a job also where nothing has changed."""
    org.objects["Lead"] = {**LEAD, **{f"A_rather_long_name_of_a_field_{n}__c": "string" for n in range(500)}}
    org._results = lambda job, start: Reply(b"", headers={"Content-Type": "text/csv"})  # type: ignore[method-assign]
    rows, states, _ = read(org)
    assert rows["Lead"] == [] and states["Lead"]["listed_at"] == "2026-03-01T12:00:00.000Z"
    org.records["Lead"] = [lead(1, "2026-02-01T10:00:00.000Z")]
    with pytest.raises(PipelineError, match="file is empty"):
        read(org)


def test_a_job_that_fails_or_gives_too_little_is_an_error(org: SalesforceOrg) -> None:
    org.records["Lead"] = [lead(n, "2026-02-01T10:00:00.000Z") for n in range(3)]
    watch = Watch()
    read(org, watch=watch, bulk_from_rows=1)
    assert watch.slept == [1, 1.5]
    org.job_states = ("Failed",)
    with pytest.raises(
        PipelineError, match=r"GET /services/data/v62.0/jobs/query/750\d+ \(Lead\): .* Failed"
    ):
        read(org, bulk_from_rows=1)
    org.job_states = ("JobComplete",)
    results = org._results
    org._results = lambda job, start: results(job, 2)  # type: ignore[method-assign]
    with pytest.raises(PipelineError, match="found 3 records and gave 1"):
        read(org, bulk_from_rows=1)


def test_a_page_token_that_loops_is_found(org: SalesforceOrg) -> None:
    org.records["Lead"] = [lead(n, "2026-02-01T10:00:00.000Z") for n in range(9)]
    page = org._page
    org._page = lambda key, rows, start: page(key, rows, 0)  # type: ignore[method-assign]
    with pytest.raises(
        PipelineError, match=r"Source crm, GET .*queryAll \(Lead\): after 1 pages the API leads back"
    ):
        read(org)


def test_a_listing_that_salesforce_closes_is_to_be_run_again(org: SalesforceOrg) -> None:
    """It keeps so many open for a user and closes the oldest: other integrations may share the account."""
    org.records["Lead"] = [lead(n, "2026-02-01T10:00:00.000Z") for n in range(9)]
    gone = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
    page = org._page
    org._page = lambda key, rows, start: Reply(gone, status=400) if start else page(key, rows, start)  # type: ignore[method-assign]
    with pytest.raises(PipelineError, match="closed the listing") as caught:
        read(org)
    assert caught.value.is_transient and "again" in caught.value.remedy


def test_a_session_that_expires_in_the_middle_is_renewed(org: SalesforceOrg) -> None:
    org.records["Lead"] = [lead(n, "2026-02-01T10:00:00.000Z") for n in range(9)]
    org.expires_after = 3
    rows, _, _ = read(org)
    assert len(rows["Lead"]) == 9 and org.tokens > 2


@pytest.mark.parametrize(("variable", "flow"), [(None, "client_credentials"), ("R", "refresh_token")])
def test_both_flows_sign_in(org: SalesforceOrg, variable: str | None, flow: str) -> None:
    seen: list[str] = []
    sign_in = org._sign_in

    def watched(request: Any) -> Any:
        seen.append(request.body.decode())
        return sign_in(request)

    org._sign_in = watched  # type: ignore[method-assign]
    read(org, refresh_token_env=variable)
    assert f"grant_type={flow}" in seen[0] and "client_id=value+of+ID" in seen[0]
    assert ("refresh_token=value+of+R" in seen[0]) == (variable is not None)


def test_a_refresh_token_that_is_used_up_by_its_use_is_told(org: SalesforceOrg) -> None:
    """Within an ingest the new one is taken; the next begins with the old one again, which is void."""
    org.records["Lead"] = [lead(n, "2026-02-01T10:00:00.000Z") for n in range(9)]
    _, _, feeds = read(org, refresh_token_env="R")
    assert not any("rotates" in text for feed in feeds.values() for text in feed.warnings)
    org.rotates, org.expires_after = True, 3
    rows, _, feeds = read(org, refresh_token_env="R")
    assert len(rows["Lead"]) == 9 and org.tokens > 2
    (warning,) = [text for feed in feeds.values() for text in feed.warnings if "rotates" in text]
    assert "R " in warning and "value of" not in warning and org.refresh_token not in warning


def test_wrong_credentials_name_their_variables(org: SalesforceOrg) -> None:
    account = SalesforceAccount(login_url=org.url, client_id_env="ID", client_secret_env="OTHER")
    run = ApiRun(Watch().caller(), NOW, {}, lambda name: f"value of {name}")
    with pytest.raises(PipelineError, match="invalid_client") as caught:
        next(salesforce_api_feeds(account, run))
    assert "ID, OTHER" in caught.value.remedy and "value of" not in str(caught.value)
