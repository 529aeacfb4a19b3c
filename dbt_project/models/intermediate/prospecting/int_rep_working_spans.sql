-- Grain: rep × working day of the rep's own calendar: from when until when (UTC) the rep works. Where no plan
-- holds, Monday to Friday from nine to five of the rep's zone (`is_assumed`). `seconds_before` is the working
-- time of all earlier spans: macros/prospecting/working_time.sql measures with it.
with bounds as (
    select min(moment) as first_at
    from (
        select min(created_at) as moment from {{ ref('int_leads_unioned') }}
        union all
        select min(occurred_at) as moment from {{ ref('int_touches') }}
        union all
        select min(starts_at) as moment from {{ ref('int_calendar_events_unioned') }}
    ) as moments
),

-- a fortnight earlier, so that every moment has a span before it; far enough ahead for what is due
days as (
    select
        {{ days_of_span(
            'cast(' ~ dbt.dateadd(
                'day', -14, "greatest(least(coalesce(first_at, " ~ as_of() ~ "), " ~ as_of() ~ "), timestamp '1990-01-01')"
            ) ~ ' as date)',
            'cast(' ~ dbt.dateadd('day', 90, as_of()) ~ ' as date)'
        ) }} as date_day
    from bounds
),

holidays as (
    select distinct holiday_on from {{ ref('stg_planning__holidays') }}
),

business_days as (
    select days.date_day
    from days
    left join holidays on days.date_day = holidays.holiday_on
    where holidays.holiday_on is null
),

reps as (
    select * from {{ ref('int_rep_zones') }}
),

schedules as (
    select * from {{ ref('int_working_hours_resolved') }}
),

planned as (
    select
        reps.rep_id,
        business_days.date_day,
        schedules.work_end,
        schedules.hours_per_week,
        schedules.rep_id is null as is_assumed,
        coalesce(schedules.time_zone, reps.time_zone) as time_zone,
        coalesce(schedules.day_names, 'mon tue wed thu fri') as day_names,
        coalesce(schedules.work_start, time '09:00') as work_start
    from reps
    cross join business_days
    left join schedules
        on
        reps.rep_id = schedules.rep_id
        and business_days.date_day >= schedules.valid_from
        and business_days.date_day < schedules.valid_to
),

counted as (
    select
        *,
        {% for weekday in weekday_names() -%}
            case when day_names like '%{{ weekday }}%' then 1 else 0 end{{ ' + ' if not loop.last }}
        {%- endfor %} as day_count
    from planned
    where
        coalesce(hours_per_week, 40) > 0
        and (
            {%- for weekday in weekday_names() %}
                (extract(isodow from date_day) = {{ loop.index }} and day_names like '%{{ weekday }}%')
                {{- ' or' if not loop.last }}
            {%- endfor %}
        )
),

-- without hours eight a day and 40 a week
paid as (
    select
        *,
        coalesce(60.0 * hours_per_week / day_count, least(480, 2400.0 / day_count)) as day_minutes
    from counted
),

-- without an end as long as the week's hours last; an end before the start is one of the next day
timed as (
    select
        rep_id,
        date_day,
        is_assumed,
        time_zone,
        day_minutes,
        cast(date_day + work_start as timestamp) as starts_local,
        case
            when work_end is null or work_end = work_start
                then {{ dbt.dateadd('minute', 'cast(day_minutes as integer)', 'date_day + work_start') }}
            when work_end < work_start then {{ dbt.dateadd('day', 1, 'date_day + work_end') }}
            else date_day + work_end
        end as ends_local
    from paid
),

-- once for all who keep the same hours: the conversion is the dearest part
hours as (
    select
        time_zone,
        starts_local,
        ends_local,
        {{ local_to_utc('starts_local', 'time_zone') }} as starts_at,
        {{ local_to_utc('ends_local', 'time_zone') }} as ends_at
    from timed
    group by time_zone, starts_local, ends_local
),

placed as (
    select
        timed.rep_id,
        timed.date_day,
        timed.is_assumed,
        timed.time_zone,
        timed.day_minutes,
        hours.starts_at,
        hours.ends_at
    from timed
    inner join hours
        on
        timed.time_zone = hours.time_zone
        and timed.starts_local = hours.starts_local
        and timed.ends_local = hours.ends_local
),

measured as (
    select
        *,
        {{ dbt.datediff('starts_at', 'ends_at', 'second') }} as seconds
    from placed
    where ends_at > starts_at
)

select
    *,
    -- nine to six with eight hours has a break somewhere
    least(1.0, day_minutes * 60 / seconds) as paid_share,
    sum(seconds) over (partition by rep_id order by starts_at) - seconds as seconds_before
from measured
