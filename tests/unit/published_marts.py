"""A small warehouse that holds every published table as the suites want it, and one that holds none so.

For the tests of the gate and the publisher: `make_home` writes a build that has been planned and
built, `BROKEN` breaks every expectation that data can break.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.schema import SUITES_DIR
from orchestration.lib import builds
from orchestration.settings import Settings

AS_OF = datetime(2026, 6, 30, 21, 59, 59)
STARTED = datetime(2026, 7, 1, 4, 0)
JUDGED = datetime(2026, 7, 1, 4, 1)
BUILD = "20260701T040000-aaaaaaaa"

_CLEAN = """
create table dim_reps as select * from (values
  ('crm:u1', 'Ann', 'crm:u2', 'north', 'rep', true, 'UTC', 40.0), ('crm:u2', 'Bo', null, 'north', 'manager', true, 'UTC', 40.0)
) t(rep_id, rep_name, manager_id, team, role, is_active, time_zone, working_hours_per_week);
create table dim_accounts as select 'crm:a1' as account_id, 'Acme' as account_name, 'all' as segment,
  null::varchar as industry, 'crm:u1' as owner_id, true as is_customer, false as is_key_account, false as is_target_account;
create table dim_contacts as
  select 'crm:c1' as contact_id, 'crm:a1' as account_id, true as is_reachable, 'manager' as seniority;
create table dim_stages as select * from (values
  ('default', 'New', 1, 0.1, false, false), ('default', 'Won', 2, 1.0, true, true)
) t(pipeline_id, stage, stage_order, default_probability, is_closed, is_won);
create table dim_dates as
  select d::date as date_day, date_trunc('week', d)::date as week_start, date_trunc('month', d)::date as month_start,
    'FY26 Q2' as fiscal_quarter, isodow(d) <= 5 as is_business_day
  from generate_series(date '2025-01-01', date '2027-07-01', interval 1 day) t(d);
create table rpt_lead_quality as
  select 'crm:l' || i as lead_id, 'crm' as source_instance,
    case when i < 6 then 'fake' when i = 6 then 'duplicate' when i = 7 then 'suspect' when i = 8 then 'stale' else 'trusted' end
      as verdict,
    case when i < 6 then 0.95 when i = 7 then 0.6 else 0.0 end as fake_score,
    case when i = 8 then 0.95 else 0.0 end as stale_score, i = 8 as is_stale,
    case when i < 6 then 'email_disposable, name_gibberish' when i = 6 then 'duplicate' when i = 7 then 'email_placeholder'
      when i = 8 then 'untouched_30_days' else '' end as reasons,
    nullif(split_part(reasons, ', ', 1), '') as main_reason, null::timestamp as first_flagged_at,
    timestamp '2026-05-01' as first_landed_at, if(i = 6, 'crm:l20', null) as duplicate_of, null::varchar as cluster_id,
    timestamp '2026-06-30 21:59:59' as as_of
  from range(100) t(i);
create table fct_leads as
  select lead_id, 'csv_mapping' as source_system, source_instance, 'crm:u1' as owner_id, 'New' as status, 'web' as lead_source,
    timestamp '2026-05-01' as created_at, null::timestamp as converted_at, null::varchar as opportunity_id,
    null::date as recontact_on, timestamp '2026-05-02' as first_touch_at, timestamp '2026-05-03' as last_touch_at,
    2 as touches, 60 as age_days, verdict, is_stale, as_of
  from rpt_lead_quality;
create table leads_trusted as select lead_id, verdict from fct_leads where verdict = 'trusted';
create table leads_quarantined as select lead_id, verdict from fct_leads where verdict <> 'trusted';
create table rpt_lead_source_quality as
  select source_instance, count(*) as leads, any_value(as_of) as as_of from rpt_lead_quality group by source_instance;
create table fct_lead_flags as
  select lead_id, 'email_disposable' as flag, 'fake' as family, 'email' as evidence_group, 0.95 as weight, as_of as since,
    'mailinator.com throws mail away' as evidence, '{}' as evidence_values, as_of
  from fct_leads where verdict = 'fake';
create table fct_opportunities as
  select 'crm:o' || i as opportunity_id, 'crm:a1' as account_id, 'crm:u1' as owner_id, 'default' as pipeline_id,
    'new' as opportunity_type, 'all' as segment, 'web' as lead_source, if(i = 0, 'Won', 'New') as stage, 1 as stage_order,
    (100 * i)::decimal(18, 2) as amount, 0.5 as probability, 'pipeline' as forecast_category,
    timestamp '2026-01-01' as created_at, date '2026-07-31' as close_date,
    if(i = 0, timestamp '2026-06-01', null) as closed_at, if(i = 0, 'won', 'open') as outcome, null::varchar as next_step,
    null::timestamp as last_touch_at, 0 as push_count, 0 as days_pushed, 180 as age_days,
    timestamp '2026-06-30 21:59:59' as as_of
  from range(61) t(i);
create table fct_opportunity_contacts as
  select 'crm:o1' as opportunity_id, 'crm:c1' as contact_id, 'buyer' as contact_role;
create table fct_opportunity_versions as
  select opportunity_id, created_at as valid_from, null::timestamp as valid_to, stage, amount, close_date, probability,
    forecast_category, owner_id, 'assumed' as change_source, as_of
  from fct_opportunities;
create table fct_pipeline_daily as
  select date '2026-06-30' as snapshot_date, opportunity_id, owner_id, stage, amount,
    (amount * probability)::decimal(18, 2) as weighted_amount, close_date, true as is_eligible, outcome, as_of
  from fct_opportunities where outcome = 'open';
create table fct_stage_visits as
  select opportunity_id, stage, created_at as entered_at, null::timestamp as exited_at, 180.0 as days_in_stage,
    'still_there' as exit_kind, true as is_current, as_of
  from fct_opportunities;
create table fct_activities as
  select 'crm:t1' as activity_id, 'call' as kind, 'outbound' as direction, timestamp '2026-05-02' as occurred_at,
    'instant' as occurred_at_precision, 'crm:u1' as rep_id, 'crm:l1' as lead_id, null::varchar as contact_id,
    null::varchar as account_id, null::varchar as opportunity_id, 5 as duration_minutes, true as is_connected,
    false as is_automated, false as is_bulk_logged, timestamp '2026-06-30 21:59:59' as as_of;
create table fct_calendar_events as
  select 'cal:e1' as event_id, timestamp '2026-05-02 08:00' as occurrence_start_at, 'crm:u1' as rep_id,
    timestamp '2026-05-02 08:00' as starts_at, timestamp '2026-05-02 09:00' as ends_at, 60 as duration_minutes,
    false as is_all_day, false as is_private, 'confirmed' as status, 'held_by_calendar' as attendance,
    'prospecting' as category, 'title' as category_rule, 0 as external_attendees, null::varchar as account_id,
    null::varchar as opportunity_id, null::varchar as attribution_rule, timestamp '2026-06-30 21:59:59' as as_of;
create table fct_deal_flags as
  select 'crm:o1' as opportunity_id, 'no_next_step' as flag, 'warn' as severity, timestamp '2026-05-02' as since,
    'no next step is set' as evidence, '{}' as evidence_values, timestamp '2026-06-30 21:59:59' as as_of;
create table rpt_rotten_pipeline as
  select 'crm:u1' as rep_id, 'New' as stage, 60 as open_count, 183000.00::decimal(18, 2) as open_amount, 60 as evaluated_count,
    183000.00::decimal(18, 2) as evaluated_amount, 6 as rotten_count, 18300.00::decimal(18, 2) as rotten_amount,
    0.1 as rotten_share, timestamp '2026-06-30 21:59:59' as as_of;
create table rpt_prospecting_time as
  select 'crm:u1' as rep_id, 0.3 as claimed_share, 0.1 as scheduled_share, 0.05 as done_share, 10 as blocks_reserved,
    4 as blocks_used, 0.4 as block_use_rate, 0.25 as claim_gap, 180.0 as measured_cycle_days, 'rep' as cycle_basis,
    timestamp '2026-06-30 21:59:59' as as_of;
create table meta_build as
  select '{build}' as build_id, timestamp '2026-06-30 21:59:59' as as_of, timestamp '2026-07-01 03:50:00' as known_at,
    timestamp '2026-07-01 04:00:00' as started_at, null::timestamp as finished_at, 'abc' as git_revision,
    null::bigint as checks_expected, null::bigint as checks_evaluated, null::bigint as checks_failed,
    null::json as table_row_counts;
create table meta_loads as select * from (values
  ('crm', 'csv_mapping', 'lead', 101, 0, 101, 100, 1, 0), ('crm', 'csv_mapping', 'opportunity', 61, 0, 61, 61, 0, 0),
  ('crm', 'csv_mapping', 'account', 1, 0, 1, 1, 0, 0), ('crm', 'csv_mapping', 'contact', 1, 0, 1, 1, 0, 0),
  ('crm', 'csv_mapping', 'activity', 1, 0, 1, 1, 0, 0), ('cal', 'icalendar', 'occurrences', 1, 0, 1, 1, 0, 0)
) t(source_instance, system, object, read_count, unchanged_count, extracted_count, landed_count, rejected_count, deleted_count);
create table meta_capabilities as
  select 'crm' as source_instance, 'fct_leads' as "table", 'touches' as column_or_rule, false as is_evaluated,
    'no activities were landed' as reason;
create table meta_field_problems as
  select 'crm' as source_instance, 'lead' as object, 'created_at' as field, 3 as problem_count, 'not a date' as reason;
create table meta_columns as
  select table_name as "table", column_name as "column", data_type as type, null::varchar as unit, 'what it is' as description
  from information_schema.columns where table_schema = 'main';
"""

# Breaks, in one warehouse, every expectation but those on column names and on a count of zero or more.
BROKEN = """
insert into dim_reps by name select 'crm:u9' as rep_id, 'crm:u9' as manager_id, 400 as working_hours_per_week union all
  select null, null, null;
insert into dim_accounts by name select null as account_id;
update dim_accounts set account_id = 'other:a1' where account_id is not null;
update dim_contacts set contact_id = null;
insert into dim_stages by name select null as stage, null as stage_order, 50 as default_probability, false as is_closed,
  true as is_won;
delete from dim_dates where date_day > date '2026-06-01' or date_day between date '2025-02-01' and date '2026-05-01';
insert into dim_dates by name select null as date_day;
insert into fct_leads by name
  select 'zoho:' || i || '.0' as lead_id, 'odd' as verdict, -1 as touches, timestamp '2026-01-02' as first_touch_at,
    timestamp '2026-01-01' as last_touch_at, -5 as age_days, 'crm:nobody' as owner_id from range(3) t(i);
insert into fct_leads by name select null as lead_id, null as verdict;
delete from fct_leads where lead_id like 'crm:%';
insert into fct_opportunities by name
  select 'zoho:1.5E+17' as opportunity_id, 'odd' as outcome, 'odd' as opportunity_type, 50 as probability, -1 as push_count,
    timestamp '2027-01-01' as closed_at, -5 as age_days;
insert into fct_opportunities by name select null as opportunity_id, null as outcome;
update fct_opportunities set opportunity_id = replace(opportunity_id, 'crm:', 'other:');
insert into rpt_lead_quality by name
  select null as lead_id, 'zoho' as source_instance, 'fake' as verdict, 2.0 as fake_score, 2.0 as stale_score from range(50);
insert into rpt_lead_quality by name select 'zoho:1' as lead_id, null as verdict union all select 'zoho:2', 'odd';
update rpt_lead_quality set duplicate_of = null, reasons = '', fake_score = if(verdict = 'fake', 0, fake_score)
  where lead_id like 'crm:%';
update rpt_lead_quality set fake_score = 2.0, stale_score = 2.0 where lead_id is null;
insert into rpt_lead_source_quality by name select null as source_instance, 0 as leads union all select 'zoho', 7;
insert into leads_trusted values (null, 'fake');
insert into leads_trusted select * from leads_quarantined;
insert into leads_quarantined values (null, 'trusted');
insert into fct_lead_flags by name
  select 'crm:l1' as lead_id, 'process' as family, 1.5 as weight union all select 'crm:l2', 'odd', null;
insert into fct_opportunity_contacts values (null, null, null);
insert into fct_opportunity_versions by name
  select null as opportunity_id, null as valid_from, null as valid_to, 50 as probability, 'odd' as change_source
  union all select 'crm:o1', timestamp '2027-01-01', timestamp '2027-01-01', 0.5, 'assumed';
insert into fct_pipeline_daily by name
  select null as snapshot_date, 'crm:o1' as opportunity_id, 1 as amount, 50 as weighted_amount, 'odd' as outcome
  union all select date '2026-08-01', 'crm:o1', 1, 1, 'open';
insert into fct_stage_visits by name
  select null as opportunity_id, timestamp '2026-02-01' as entered_at, timestamp '2026-01-01' as exited_at,
    -31 as days_in_stage, 'odd' as exit_kind, true as is_current;
update fct_activities set activity_id = null, occurred_at_precision = 'odd', duration_minutes = -1;
update fct_calendar_events set event_id = null, attendance = 'odd', category = 'odd', ends_at = starts_at - interval 1 hour,
  duration_minutes = -60, external_attendees = -1;
update fct_deal_flags set severity = 'odd', flag = 'odd', evidence = null;
insert into fct_deal_flags by name select opportunity_id, 'stalled' as flag from fct_opportunities where outcome = 'open';
insert into rpt_rotten_pipeline by name
  select null as open_count, 1 as evaluated_count, 2 as rotten_count, 2 as rotten_share, 1 as evaluated_amount,
    2 as rotten_amount
  union all select 1, 2, 0, 0, 0, 0;
insert into rpt_prospecting_time by name
  select null as rep_id, 30 as claimed_share, 10 as scheduled_share, 5 as done_share, 1 as blocks_reserved, 2 as blocks_used,
    2 as block_use_rate, 25 as claim_gap, -1 as measured_cycle_days;
insert into meta_build by name select null as build_id, null as as_of union all select 'other', timestamp '2020-01-01';
insert into meta_columns by name select 'fct_leads' as "table", 'gone' as "column", null as description;
delete from meta_columns where "table" = 'fct_leads' and "column" = 'touches';
insert into meta_capabilities by name select null as is_evaluated, null as reason union all select false, null;
update meta_field_problems set reason = null;
insert into meta_loads by name select null as source_instance, 'lead' as object, 30 as extracted_count, 5 as landed_count,
  20 as rejected_count, 0 as deleted_count;
"""


def make_home(home: Path, build_id: str = BUILD, **changes: Any) -> Settings:
    """A home with one build planned and built, all of it clean; `changes` go into its manifest."""
    settings = Settings(home=home, sources_file=home / "sources.yaml")
    make_warehouse(settings.warehouse, build_id)
    folder = builds.build_dir(settings, build_id)
    builds.write_json(folder / builds.MANIFEST, build_manifest(build_id) | changes)
    write_dbt_artifacts(settings, build_id)
    return settings


def make_warehouse(path: Path, build_id: str = BUILD, *statements: str) -> None:
    """Replace the warehouse with a clean one, then run `statements` on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(_CLEAN.replace("{build}", build_id))
        narrow = connection.execute(
            "select table_name, column_name from duckdb_columns() where numeric_precision < 18"
            " and data_type like 'DECIMAL%'"
        ).fetchall()
        for table, column in narrow:  # DuckDB types 0.5 as decimal(2,1), which holds no bad value
            connection.execute(f"alter table {table} alter {column} type double")
        for statement in statements:
            connection.execute(statement)


def build_manifest(build_id: str = BUILD) -> dict[str, Any]:
    """What `plan_build` would have written."""
    source = {"system": "csv_mapping", "required": True, "max_staleness_days": 3, "is_stale": False}
    source |= {"last_ingest_at": "2026-07-01 03:50:00.000000", "fake_share_allowance": None}
    return {
        "build_id": build_id,
        "run_id": "r-" + build_id,
        "as_of": "2026-06-30 21:59:59.000000",
        "known_at": "2026-07-01 03:50:00.000000",
        "started_at": "2026-07-01 04:00:00.000000",
        "git_revision": "abc",
        "sources": [source | {"name": "crm"}, source | {"name": "cal", "system": "icalendar"}],
        "loads": [
            {"source_instance": "crm", "system": "csv_mapping", "object": "lead", "extracted_count": 101,
             "rejected_count": 1},
        ],
        "publications": [],
    }  # fmt: skip


def write_dbt_artifacts(settings: Settings, build_id: str = BUILD, **statuses: str) -> None:
    """manifest.json and run_results.json of a `dbt build` of every mart and one test.

    `statuses`: node name to another status than success or pass; `not_run` leaves the node out.
    """
    marts = sorted(path.stem for path in SUITES_DIR.glob("*.yml"))
    nodes = {f"model.p.{mart}": _node(mart, "model") for mart in marts}
    nodes["test.p.unique_leads"] = _node("unique_leads", "test") | {"attached_node": "model.p.fct_leads"}
    results = [
        {
            "unique_id": key,
            "status": statuses.get(node["name"], "pass" if node["resource_type"] == "test" else "success"),
            "message": None,
            "failures": 0 if node["resource_type"] == "test" else None,
        }
        for key, node in nodes.items()
    ]
    results = [result for result in results if result["status"] != "not_run"]
    generated = statuses.get("generated_at", "2026-07-01T04:00:30.000000Z")
    folder = builds.build_dir(settings, build_id)
    run_results = {"metadata": {"generated_at": generated}, "results": results}
    builds.write_json(folder / "run_results.json", run_results)
    dbt_manifest(settings).parent.mkdir(parents=True, exist_ok=True)
    dbt_manifest(settings).write_text(json.dumps({"nodes": nodes, "unit_tests": {}}))


def dbt_manifest(settings: Settings) -> Path:
    """Where the manifest.json of `write_dbt_artifacts` lies: where dbt leaves it."""
    from orchestration.lib.dbt_project import manifest_path

    return manifest_path(settings)


def execute(path: Path, statements: Sequence[str]) -> None:
    """Run statements on a DuckDB file."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def _node(name: str, kind: str) -> dict[str, Any]:
    config = {"severity": "ERROR"} if kind == "test" else {"materialized": "table"}
    return {
        "name": name,
        "resource_type": kind,
        "fqn": ["p", "marts", "core", name],
        "config": config,
        "description": "",
    }
