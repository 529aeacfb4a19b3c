"""The generated organisation as records: whole, and consistent with their own history."""

import json

import duckdb
import pyarrow as pa
import pytest

from orchestration.sources.demo import DemoOptions, generate

SMALL = DemoOptions(scale=0.1)
KEYS = {
    "events": ("calendarId", "id"),
    "quotas": ("rep", "period"),
    "claims": ("rep", "valid_from"),
    "working_hours": ("rep", "valid_from"),
    "teams": ("rep", "valid_from"),
    "target_accounts": ("account", "rep", "valid_from"),
    "key_accounts": ("account",),
    "rep_aliases": ("alias",),
    "holidays": ("date",),
    "account_costs": ("account", "month"),
    "invoices": ("invoice_id",),
    "payments": ("payment_id",),
    "list_prices": ("product", "currency", "valid_from"),
    "exchange_rates": ("month", "currency"),
}
REFERENCES = [
    ("Account", "OwnerId", "User"),
    ("Contact", "AccountId", "Account"),
    ("Lead", "CreatedById", "User"),
    ("Lead", "ConvertedAccountId", "Account"),
    ("Lead", "ConvertedContactId", "Contact"),
    ("Lead", "ConvertedOpportunityId", "Opportunity"),
    ("LeadHistory", "LeadId", "Lead"),
    ("Opportunity", "AccountId", "Account"),
    ("Opportunity", "OwnerId", "User"),
    ("OpportunityHistory", "OpportunityId", "Opportunity"),
    ("OpportunityFieldHistory", "OpportunityId", "Opportunity"),
    ("OpportunityContactRole", "ContactId", "Contact"),
    ("OpportunityContactRole", "OpportunityId", "Opportunity"),
    ("OpportunityLineItem", "OpportunityId", "Opportunity"),
    ("Task", "OwnerId", "User"),
    ("Task", "AccountId", "Account"),
    ("User", "ManagerId", "User"),
    ("invoices", "opportunity", "Opportunity"),
    ("invoices", "account", "Account"),
    ("payments", "invoice_id", "invoices"),
    ("target_accounts", "account", "Account"),
    ("key_accounts", "account", "Account"),
    ("account_costs", "account", "Account"),
]


@pytest.fixture(scope="module")
def tables() -> dict[tuple[str, str], pa.Table]:
    return generate(SMALL)


@pytest.fixture(scope="module")
def db(tables: dict[tuple[str, str], pa.Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for (_, name), table in tables.items():
        connection.register(name, table)
    return connection


def rows(db: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return db.sql(query).fetchall()


def test_keys_are_unique(tables: dict[tuple[str, str], pa.Table], db: duckdb.DuckDBPyConnection) -> None:
    for (system, name), table in tables.items():
        key = ", ".join(KEYS[name] if system != "salesforce" else ("Id",))
        assert rows(db, f"select count(distinct ({key})) from {name}") == [(table.num_rows,)], name


def test_salesforce_ids_have_their_form(db: duckdb.DuckDBPyConnection) -> None:
    prefixes = {
        "User": "005",
        "Account": "001",
        "Contact": "003",
        "Lead": "00Q",
        "Opportunity": "006",
        "Task": "00T",
    }
    for name, prefix in prefixes.items():
        wrong = f"select Id from {name} where Id not like '{prefix}%' or length(Id) <> 18"
        assert rows(db, wrong) == []
    (sample,) = rows(db, "select Id from Task limit 1")[0]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    check = "".join(
        alphabet[sum(1 << i for i, letter in enumerate(sample[at : at + 5]) if letter.isupper())]
        for at in (0, 5, 10)
    )
    assert sample[15:] == check


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_references_exist(db: duckdb.DuckDBPyConnection, table: str, column: str, target: str) -> None:
    key = "invoice_id" if target == "invoices" else "Id"
    known = f"select {key} from {target}"
    missing = f"select 1 from {table} where {column} is not null and {column} not in ({known})"
    assert rows(db, missing) == []


def test_who_and_what_of_tasks_exist(db: duckdb.DuckDBPyConnection) -> None:
    assert (
        rows(db, "select 1 from Task where WhoId not in (select Id from Lead union select Id from Contact)")
        == []
    )
    known = "select Id from Opportunity union select Id from Account"
    assert rows(db, f"select 1 from Task where WhatId not in ({known})") == []


def test_the_present_state_is_the_last_of_the_history(db: duckdb.DuckDBPyConnection) -> None:
    columns = ("StageName", "Amount", "CloseDate", "Probability", "ForecastCategory")
    differs = " or ".join(f"o.{c} <> h.{c}" for c in columns)
    latest = (
        "select * from OpportunityHistory qualify row_number() over "
        "(partition by OpportunityId order by CreatedDate desc, Id desc) = 1"
    )
    assert (
        rows(
            db, f"select o.Id from Opportunity o join ({latest}) h on h.OpportunityId = o.Id where {differs}"
        )
        == []
    )
    assert rows(
        db,
        "select count(*) from Opportunity anti join OpportunityHistory h on h.OpportunityId = Opportunity.Id",
    ) == [(0,)]
    assert rows(db, "select Id from OpportunityHistory where not Probability::int between 0 and 100") == []


def test_histories_begin_at_creation_and_end_at_closing(db: duckdb.DuckDBPyConnection) -> None:
    spans = (
        "select OpportunityId id, min(CreatedDate) a, max(CreatedDate) z from OpportunityHistory group by 1"
    )
    assert rows(db, f"select 1 from Opportunity o join ({spans}) s using (id) where a <> o.CreatedDate") == []
    wrong = "IsClosed = 'true' and (z[:10] <> CloseDate or z > '2026-06-30T23')"
    assert rows(db, f"select 1 from Opportunity o join ({spans}) s using (id) where {wrong}") == []


@pytest.mark.parametrize("field", ["CloseDate", "Amount"])
def test_field_history_tells_the_same_as_the_history(db: duckdb.DuckDBPyConnection, field: str) -> None:
    changes = (
        f"select OpportunityId, lag({field}) over w as was, {field} as now, CreatedDate "
        "from OpportunityHistory window w as (partition by OpportunityId order by CreatedDate, Id)"
    )
    derived = f"select * from ({changes}) where was is not null and was <> now"
    columns = "OpportunityId, OldValue, NewValue, CreatedDate"
    told = f"select {columns} from OpportunityFieldHistory where Field = '{field}'"
    assert rows(db, f"({derived} except {told}) union all ({told} except {derived})") == []
    assert rows(db, f"select count(*) > 0 from ({told})") == [(True,)]


def test_owner_and_next_step_changes_lead_to_the_present(db: duckdb.DuckDBPyConnection) -> None:
    for field in ("OwnerId", "NextStep"):
        changed = (
            f"select OpportunityId, NewValue from OpportunityFieldHistory where Field = '{field}' qualify "
            "row_number() over (partition by OpportunityId order by CreatedDate desc) = 1"
        )
        joined = f"({changed}) c join Opportunity o on o.Id = c.OpportunityId"
        assert rows(db, f"select 1 from {joined} where c.NewValue is distinct from o.{field}") == []
        assert rows(db, f"select count(*) > 0 from ({changed})") == [(True,)]


def test_amounts_are_the_sum_of_their_line_items(db: duckdb.DuckDBPyConnection) -> None:
    totals = "select OpportunityId id, sum(TotalPrice::decimal(18, 2)) t from OpportunityLineItem group by 1"
    assert (
        rows(db, f"select 1 from Opportunity join ({totals}) using (id) where t <> Amount::decimal(18, 2)")
        == []
    )
    product = "UnitPrice::decimal(18, 2) * Quantity::int <> TotalPrice::decimal(18, 2)"
    assert rows(db, f"select 1 from OpportunityLineItem where {product}") == []


def test_nothing_is_touched_before_it_exists_or_after_the_end(db: duckdb.DuckDBPyConnection) -> None:
    future = "('2099')"
    early = (
        "select 1 from Task t join Lead l on l.Id = t.WhoId where t.CreatedDate < l.CreatedDate "
        f"and l.CreatedDate < {future}"
    )
    assert rows(db, early) == []
    assert (
        rows(
            db,
            "select 1 from Task where CreatedDate > '2026-06-30T23' or CompletedDateTime > '2026-06-30T23'",
        )
        == []
    )
    assert rows(db, "select 1 from Task where (CompletedDateTime is null) <> (Status <> 'Completed')") == []
    assert rows(db, "select 1 from Task where CompletedDateTime < CreatedDate") == []


def test_converted_leads_and_their_deals_agree(db: duckdb.DuckDBPyConnection) -> None:
    joined = (
        "Lead l join Opportunity o on o.Id = l.ConvertedOpportunityId "
        "join Contact c on c.Id = l.ConvertedContactId"
    )
    wrong = (
        "o.CreatedDate <= l.CreatedDate or c.Email <> l.Email or l.Status <> 'Closed - Converted' "
        "or o.LeadSource <> l.LeadSource"
    )
    assert rows(db, f"select 1 from {joined} where {wrong}") == []
    unlinked = "(IsConverted = 'true') <> (ConvertedOpportunityId is not null)"
    assert rows(db, f"select 1 from Lead where {unlinked}") == []


def test_calendar_rows_are_well_formed(db: duckdb.DuckDBPyConnection) -> None:
    assert rows(db, "select 1 from events where (start_dateTime is null) = (start_date is null)") == []
    assert (
        rows(db, "select 1 from events where start_dateTime >= end_dateTime or start_date >= end_date") == []
    )
    assert rows(db, "select 1 from events where calendarId not in (select Email from User)") == []
    private = (
        "visibility = 'private' and (summary is not null or attendees is not null or description is not null)"
    )
    assert rows(db, f"select 1 from events where {private}") == []
    for (text,) in rows(db, "select attendees from events where attendees is not null limit 500"):
        people = json.loads(text)
        assert sum(person.get("organizer", False) for person in people) == 1
        assert sum(person.get("self", False) for person in people) == 1
