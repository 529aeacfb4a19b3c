-- Grain: rep × time (from, until) that something reserves: whether something else reserves part of it too.
-- The copies of one meeting in two sources reserve it once, also where both are files of calendars; whole
-- days and what is shown as free reserve nothing.
with events as (
    select * from {{ ref('int_calendar_events_judged') }}
    where
        rep_id is not null
        and attendance not in ('cancelled', 'declined')
        and not coalesce(is_all_day, false)
        and duration_problem is null
        and coalesce(show_as, 'busy') <> 'free'
        and ends_at > starts_at
),

of_sources as (
    select
        rep_id,
        starts_at,
        ends_at,
        source_instance,
        count(*) as events
    from events
    group by rep_id, starts_at, ends_at, source_instance
),

slots as (
    select
        rep_id,
        starts_at,
        ends_at,
        max(events) as events
    from of_sources
    group by rep_id, starts_at, ends_at
)

select
    rep_id,
    starts_at,
    ends_at,
    events > 1
    or coalesce(
        max(ends_at) over (
            partition by rep_id order by starts_at, ends_at rows between unbounded preceding and 1 preceding
        ) > starts_at,
        false
    )
    or coalesce(lead(starts_at) over (partition by rep_id order by starts_at, ends_at) < ends_at, false)
        as is_double_booked
from slots
