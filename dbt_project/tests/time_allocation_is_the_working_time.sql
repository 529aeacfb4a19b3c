-- The shares of a rep's week sum to 1, and its hours with the absences are neither more nor less than the
-- working hours that the rep had up to as_of, counted apart from the sweep. A rep's first week is left out: a
-- night shift may reach into it from before the calendar began.
with

spans as (

    select
        rep_id,
        date_day,
        paid_share,
        starts_at,
        least(ends_at, {{ as_of() }}) as ends_at,
        {{ local_to_utc(dbt.dateadd('day', 1, 'cast(date_day as timestamp)'), 'time_zone') }} as day_ends_at
    from {{ ref('int_rep_working_spans') }}
    where starts_at < {{ as_of() }}

),

-- a night shift works on two days
halves as (

    select
        rep_id,
        date_day,
        paid_share,
        starts_at,
        least(ends_at, day_ends_at) as ends_at
    from spans
    union all
    select
        rep_id,
        {{ dbt.dateadd('day', 1, 'date_day') }} as date_day,
        paid_share,
        day_ends_at as starts_at,
        ends_at
    from spans
    where ends_at > day_ends_at

),

worked as (

    select
        rep_id,
        cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
        sum(paid_share * {{ dbt.datediff('starts_at', 'ends_at', 'second') }} / 3600) as hours
    from halves
    group by rep_id, cast({{ dbt.date_trunc('week', 'date_day') }} as date)

),

weeks as (

    select
        rep_id,
        week_start,
        sum(hours) as hours,
        sum(share_of_working_hours) as shares,
        min(available_hours) as available_hours,
        min(absence_hours) as absence_hours,
        min(week_start) over (partition by rep_id) as first_week
    from {{ ref('rpt_time_allocation') }}
    where not is_without_working_hours
    group by rep_id, week_start

)

select
    weeks.*,
    worked.hours as hours_that_there_were
from weeks
left join worked on weeks.rep_id = worked.rep_id and weeks.week_start = worked.week_start
where
    abs(weeks.shares - 1) > 0.000001
    or (weeks.shares is null and weeks.available_hours > 0)
    or (
        weeks.week_start > weeks.first_week
        and abs(weeks.hours + weeks.absence_hours - coalesce(worked.hours, 0)) > 0.01
    )
