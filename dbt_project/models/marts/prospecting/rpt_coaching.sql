with

days as (

    select * from {{ ref('dim_dates') }}
    where date_day <= {{ as_of_date() }}

),

talks as (

    select * from {{ ref('int_coaching_talks') }}

),

reviews as (

    select * from {{ ref('int_deal_reviews') }}

),

first_records as (

    select cast({{ dbt.date_trunc('month', reporting_date('min(moment)')) }} as date) as first_month
    from (
        select min(starts_at) as moment from {{ ref('fct_calendar_events') }}
        union all
        select min(occurred_at) as moment from {{ ref('int_touches') }}
    ) as moments

),

-- the last day of a month that has passed by as_of
months as (

    select
        days.month_start,
        max(days.date_day) as last_day
    from days
    cross join first_records
    where days.month_start >= first_records.first_month
    group by days.month_start

),

pairs as (

    select distinct
        assignments.manager_id,
        assignments.rep_id,
        months.month_start,
        months.last_day
    from {{ ref('int_rep_assignments') }} as assignments
    inner join months
        on assignments.valid_from <= months.last_day and assignments.valid_to > months.month_start
    where assignments.manager_id is not null and assignments.manager_id <> assignments.rep_id

),

-- talks of two of us stand in calendars, in either's; a CRM keeps none, and of a calendar that never names
-- anybody, as Exchange publishes them, nobody knows
with_calendar as (

    select distinct rep_id from {{ ref('fct_calendar_events') }}
    where source_system in ({{ calendar_systems() }}) and external_attendees is not null

),

-- of whom nothing landed, nobody knows what they did
with_records as (

    select rep_id from {{ ref('int_touches') }}
    union
    select rep_id from {{ ref('fct_calendar_events') }}

),

talked as (

    select
        manager_id,
        rep_id,
        cast({{ dbt.date_trunc('month', 'held_on') }} as date) as month_start,
        count(*) as talks,
        sum(duration_minutes) as minutes
    from talks
    group by manager_id, rep_id, cast({{ dbt.date_trunc('month', 'held_on') }} as date)

),

deals as (

    select
        pairs.manager_id,
        pairs.rep_id,
        pairs.month_start,
        count(*) as deals_open_count,
        count(reviews.opportunity_id) as deals_reviewed_count,
        sum(open_deals.amount) as open_amount,
        sum(case when reviews.opportunity_id is null then open_deals.amount end) as unreviewed_amount
    from pairs
    inner join {{ ref('fct_pipeline_daily') }} as open_deals
        on pairs.last_day = open_deals.snapshot_date and pairs.rep_id = open_deals.owner_id
    left join reviews
        on
        pairs.manager_id = reviews.reviewer_id
        and open_deals.opportunity_id = reviews.opportunity_id
        and pairs.month_start = reviews.month_start
    where open_deals.outcome = 'open'
    group by pairs.manager_id, pairs.rep_id, pairs.month_start

)

select
    pairs.manager_id,
    pairs.rep_id,
    pairs.month_start,
    case
        when coalesce(with_calendar.rep_id, reps_calendar.rep_id, talked.rep_id) is not null
            then cast(coalesce(talked.minutes, 0) / 60.0 as double)
    end as one_to_one_hours,
    case
        when coalesce(with_calendar.rep_id, reps_calendar.rep_id, talked.rep_id) is not null
            then coalesce(talked.talks, 0)
    end as one_to_one_count,
    coalesce(deals.deals_open_count, 0) as deals_open_count,
    case when with_records.rep_id is not null then coalesce(deals.deals_reviewed_count, 0) end
        as deals_reviewed_count,
    case
        when with_records.rep_id is not null
            then {{ capped_share('deals.deals_reviewed_count', 'deals.deals_open_count') }}
    end as reviewed_share,
    cast(deals.open_amount as decimal(18, 2)) as open_amount,
    cast(
        case
            when with_records.rep_id is not null and deals.open_amount is not null
                then coalesce(deals.unreviewed_amount, 0)
        end as decimal(18, 2)
    ) as unreviewed_amount,
    {{ as_of() }} as as_of
from pairs
left join with_calendar on pairs.manager_id = with_calendar.rep_id
left join with_calendar as reps_calendar on pairs.rep_id = reps_calendar.rep_id
left join with_records on pairs.manager_id = with_records.rep_id
left join talked
    on
    pairs.manager_id = talked.manager_id
    and pairs.rep_id = talked.rep_id
    and pairs.month_start = talked.month_start
left join deals
    on
    pairs.manager_id = deals.manager_id
    and pairs.rep_id = deals.rep_id
    and pairs.month_start = deals.month_start
