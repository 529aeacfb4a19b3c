with

days as (

    select * from {{ ref('int_rep_days') }}

),

weeks as (

    select
        rep_id,
        week_start,
        coalesce(bool_or(is_assumed), false) as is_assumed
    from days
    group by rep_id, week_start

),

categories as (

    {{ time_category_rows() }}

),

layers as (

    select
        days.rep_id,
        days.week_start,
        spent.working_seconds,
        spent.other_seconds,
        spent.seconds,
        coalesce(
            {{ category_of_layer('spent.layer') }}, case when spent.layer is null then 'unscheduled' end
        ) as category
    from {{ ref('int_time_of_days') }} as spent
    inner join days on spent.rep_id = days.rep_id and spent.date_day = days.date_day

),

spent as (

    select
        rep_id,
        week_start,
        category,
        sum(working_seconds) as working_seconds,
        sum(other_seconds) as other_seconds,
        sum(seconds) as seconds
    from layers
    where category is not null
    group by rep_id, week_start, category

),

available as (

    select
        rep_id,
        week_start,
        sum(case when category is not null then working_seconds else 0 end) as available_seconds,
        sum(case when category is null then working_seconds else 0 end) as absence_seconds
    from layers
    group by rep_id, week_start

),

-- of a meeting's copies in the calendar and in the CRM the one that says which deal it was about
external_meetings as (

    select
        *,
        row_number() over (
            partition by rep_id, meeting_id
            order by
                case
                    when opportunity_id is not null then 1
                    when attribution_rule = 'ambiguous' then 2
                    else 3
                end,
                event_id
        ) as position
    from {{ ref('fct_calendar_events') }}
    where is_external and category is not null and starts_at < {{ as_of() }}

),

-- which deal the external meetings of the week were about, as far as anybody can tell
meetings as (

    select
        events.rep_id,
        days.week_start,
        events.category,
        count(*) as external_meetings_count,
        count(case when events.attribution_rule = 'ambiguous' then 1 end) as ambiguous_count,
        count(case when events.opportunity_id is null then 1 end) as unattributed_count
    from external_meetings as events
    asof inner join days
        on events.rep_id = days.rep_id and events.starts_at >= days.starts_at
    where events.position = 1
    group by events.rep_id, days.week_start, events.category

),

joined as (

    select
        weeks.rep_id,
        weeks.week_start,
        weeks.is_assumed,
        categories.category,
        coalesce(spent.working_seconds, 0) as working_seconds,
        coalesce(spent.other_seconds, 0) as other_seconds,
        coalesce(spent.seconds, 0) as seconds,
        coalesce(available.available_seconds, 0) as available_seconds,
        coalesce(available.absence_seconds, 0) as absence_seconds,
        coalesce(meetings.external_meetings_count, 0) as external_meetings_count,
        coalesce(meetings.ambiguous_count, 0) as ambiguous_count,
        coalesce(meetings.unattributed_count, 0) as unattributed_count
    from weeks
    cross join categories
    left join available on weeks.rep_id = available.rep_id and weeks.week_start = available.week_start
    left join spent
        on
        weeks.rep_id = spent.rep_id
        and weeks.week_start = spent.week_start
        and categories.category = spent.category
    left join meetings
        on
        weeks.rep_id = meetings.rep_id
        and weeks.week_start = meetings.week_start
        and categories.category = meetings.category

)

select
    rep_id,
    week_start,
    category,
    -- Where nobody says when the rep works, what lies in working hours is unknown. What of them is paid is
    -- known to the millionth (int_time_uses): a week of 40 hours with breaks comes out as 40.000005.
    case when not is_assumed then round(cast(working_seconds / 3600.0 as double), 4) end as hours,
    case
        when not is_assumed then {{ capped_share('working_seconds', 'available_seconds') }}
    end as share_of_working_hours,
    cast(case when not is_assumed then other_seconds / 60.0 end as double) as out_of_hours_minutes,
    cast(case when category <> 'unscheduled' then seconds / 3600.0 end as double) as recorded_hours,
    case when not is_assumed then round(cast(available_seconds / 3600.0 as double), 4) end as available_hours,
    case when not is_assumed then round(cast(absence_seconds / 3600.0 as double), 4) end as absence_hours,
    is_assumed as is_without_working_hours,
    external_meetings_count,
    ambiguous_count,
    unattributed_count,
    {{ capped_share('unattributed_count', 'external_meetings_count') }} as unattributed_share,
    {{ as_of() }} as as_of
from joined
