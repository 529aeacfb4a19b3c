-- The seller's process instead of the buyer's: stages left out, taken back, and moved forward without a word
-- from the buyer in the 14 days before.
with

deals as (

    select * from {{ ref('fct_opportunities') }}

),

-- who owned the deal when it left the stage is who owned it on entry to the next; where nobody recorded
-- that, who owns it now
visits as (

    select
        *,
        lead(owner_id) over (partition by opportunity_id order by visit_number) as next_owner_id
    from {{ ref('fct_stage_visits') }}

),

evaluated as (

    select source_instance
    from {{ ref('int_rules_evaluated') }}
    where
        table_name = 'rpt_process_adherence'
        and column_or_rule = 'moved_without_buyer_event_count'
        and is_evaluated

),

moves as (

    select
        visits.opportunity_id,
        visits.exited_at,
        visits.exit_kind,
        {{ reporting_date('visits.exited_at') }} as moved_on,
        coalesce(visits.next_owner_id, visits.owner_id, deals.owner_id) as rep_id,
        visits.exit_kind in ('advanced', 'skipped') and evaluated.source_instance is not null as is_judged
    from visits
    left join deals on visits.opportunity_id = deals.opportunity_id
    left join evaluated on visits.source_instance = evaluated.source_instance
    where visits.exit_kind in ('advanced', 'skipped', 'regressed')

),

heard as {{ not_materialized() }} (

    select opportunity_id, account_id, occurred_at as heard_at
    from {{ ref('fct_activities') }}
    where
        occurred_at <= {{ as_of() }}
        and (
            (direction = 'inbound' and not coalesce(is_automated, false))
            or (is_touch and kind = 'meeting')
        )
    union all
    select opportunity_id, account_id, starts_at as heard_at
    from {{ ref('fct_calendar_events') }}
    where starts_at <= {{ as_of() }} and is_external and attendance in ('held', 'held_by_calendar')

),

-- what names no deal speaks for all of the account's
moments as (

    select opportunity_id, heard_at, null as exited_at
    from heard
    where opportunity_id is not null
    union all
    select deals.opportunity_id, heard.heard_at, null as exited_at
    from heard
    inner join deals on heard.account_id = deals.account_id
    where heard.opportunity_id is null
    union all
    select opportunity_id, null as heard_at, exited_at
    from moves
    where is_judged

),

-- one sort in place of a join by range: the last word of the buyer at each move
last_heard as (

    select
        opportunity_id,
        exited_at,
        max(heard_at) over (
            partition by opportunity_id
            order by coalesce(heard_at, exited_at)
            range between unbounded preceding and current row
        ) as last_heard_at
    from moments

),

silent as (

    select distinct
        opportunity_id,
        exited_at
    from last_heard
    where
        exited_at is not null
        and coalesce(last_heard_at < {{ dbt.dateadd('day', -14, 'exited_at') }}, true)

),

grouped as (

    select
        {{ fiscal_quarter_start('moves.moved_on') }} as fiscal_quarter_start,
        {{ fiscal_quarter('moves.moved_on') }} as fiscal_quarter,
        moves.rep_id,
        count(*) as moved_count,
        count(case when moves.exit_kind = 'skipped' then 1 end) as skipped_count,
        count(case when moves.exit_kind = 'regressed' then 1 end) as regressed_count,
        count(case when moves.is_judged then 1 end) as judged_count,
        count(case when moves.is_judged and silent.opportunity_id is not null then 1 end) as silent_count
    from moves
    left join silent
        on moves.opportunity_id = silent.opportunity_id and moves.exited_at = silent.exited_at
    group by 1, 2, 3

)

select
    fiscal_quarter,
    fiscal_quarter_start,
    rep_id,
    moved_count,
    skipped_count,
    {{ ratio('skipped_count', 'moved_count') }} as skipped_share,
    regressed_count,
    {{ ratio('regressed_count', 'moved_count') }} as regressed_share,
    judged_count as advance_count,
    case when judged_count > 0 then silent_count end as moved_without_buyer_event_count,
    {{ ratio('silent_count', 'judged_count') }} as moved_without_buyer_event_share,
    {{ as_of() }} as as_of
from grouped
