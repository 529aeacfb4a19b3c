with

commitments as (

    select
        *,
        cast({{ dbt.date_trunc('month', reporting_date('promised_at')) }} as date) as month_start
    from {{ ref('fct_commitments') }}
    where promised_at is not null

),

counted as (

    select
        rep_id,
        month_start,
        count(*) as promised_count,
        count(case when is_scheduled then 1 end) as scheduled_count,
        count(case when state = 'kept_on_time' then 1 end) as kept_on_time_count,
        count(case when state = 'kept_late' then 1 end) as kept_late_count,
        count(case when state = 'broken' then 1 end) as broken_count,
        count(case when state = 'open' then 1 end) as open_count,
        count(case when state is null then 1 end) as unknown_count,
        count(days_late) as days_late_n,
        {{ quantile('days_late', 0.5) }} as p50_days_late,
        {{ quantile('days_late', 0.9) }} as p90_days_late
    from commitments
    group by rep_id, month_start

),

calendars as (

    select distinct rep_id
    from {{ ref('fct_calendar_events') }}
    -- the meetings that a CRM keeps are no calendar
    where source_system in ({{ calendar_systems() }})

)

select
    counted.rep_id,
    counted.month_start,
    counted.promised_count,
    -- without a calendar nobody knows what was put into it
    case when calendars.rep_id is not null then counted.scheduled_count end as scheduled_count,
    counted.kept_on_time_count,
    counted.kept_late_count,
    counted.broken_count,
    counted.open_count,
    counted.unknown_count,
    case
        when calendars.rep_id is not null
            then {{ capped_share('counted.scheduled_count', 'counted.promised_count') }}
    end as scheduled_rate,
    {{ capped_share(
        'counted.kept_on_time_count + counted.kept_late_count',
        'counted.kept_on_time_count + counted.kept_late_count + counted.broken_count'
    ) }} as kept_rate,
    {{ capped_share(
        'counted.kept_on_time_count',
        'counted.kept_on_time_count + counted.kept_late_count + counted.broken_count'
    ) }} as kept_on_time_rate,
    counted.days_late_n,
    case when counted.days_late_n >= {{ min_n() }} then counted.p50_days_late end as p50_days_late,
    case when counted.days_late_n >= 2 * {{ min_n() }} then counted.p90_days_late end as p90_days_late,
    {{ as_of() }} as as_of
from counted
left join calendars on counted.rep_id = calendars.rep_id
