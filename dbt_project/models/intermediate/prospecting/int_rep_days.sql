-- Grain: rep × calendar day of the rep's own clock, from the week of the first event in the rep's calendar to
-- the day of as_of: from when until when (UTC) the day lasts. A rep without a calendar has no days.
with firsts as (
    select
        events.rep_id,
        zones.time_zone,
        greatest(min(events.starts_at), timestamp '1990-01-01') as first_at
    from {{ ref('fct_calendar_events') }} as events
    inner join {{ ref('int_rep_zones') }} as zones on events.rep_id = zones.rep_id
    where events.starts_at < {{ as_of() }}
    group by events.rep_id, zones.time_zone
),

days as (
    select
        rep_id,
        time_zone,
        {{ days_of_span(
            dbt.date_trunc('week', utc_to_local('first_at', 'time_zone')),
            'cast(' ~ utc_to_local(as_of(), 'time_zone') ~ ' as date)'
        ) }} as date_day
    from firsts
),

spans as (
    select * from {{ ref('int_rep_working_spans') }}
),

-- on days off the zone of the last working day
zoned as (
    select
        days.rep_id,
        days.date_day,
        spans.is_assumed,
        coalesce(
            last_value(spans.time_zone ignore nulls) over (
                partition by days.rep_id
                order by days.date_day
                rows between unbounded preceding and current row
            ),
            days.time_zone
        ) as time_zone
    from days
    left join spans on days.rep_id = spans.rep_id and days.date_day = spans.date_day
),

started as (
    select
        rep_id,
        date_day,
        time_zone,
        is_assumed,
        cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
        {{ local_to_utc('cast(date_day as timestamp)', 'time_zone') }} as starts_at
    from zoned
)

select
    *,
    coalesce(
        lead(starts_at) over (partition by rep_id order by date_day),
        {{ local_to_utc(dbt.dateadd('day', 1, 'cast(date_day as timestamp)'), 'time_zone') }}
    ) as ends_at
from started
