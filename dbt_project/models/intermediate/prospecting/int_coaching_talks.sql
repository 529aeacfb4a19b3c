-- Grain: manager × rep × coaching meeting of these two alone that was held: once, whether it stands in one
-- calendar or in both. Who led whom is asked of the day of the meeting.
with events as (
    select
        published.event_id,
        published.meeting_id,
        published.rep_id,
        published.starts_at,
        published.duration_minutes,
        {{ reporting_date('published.starts_at') }} as held_on
    from {{ ref('fct_calendar_events') }} as published
    inner join {{ ref('int_event_parties') }} as parties on published.event_id = parties.event_id
    where
        published.category = 'coaching'
        and published.is_with_manager
        and published.attendance in ('held', 'held_by_calendar')
        and parties.own_people <= 2
),

pairs as (
    select
        events.meeting_id,
        events.held_on,
        events.duration_minutes,
        events.rep_id as one_id,
        people.rep_id as other_id
    from events
    inner join {{ ref('int_event_people') }} as people
        on events.event_id = people.event_id and events.rep_id <> people.rep_id
    where not people.is_declined
),

both_ways as (
    select
        meeting_id,
        held_on,
        duration_minutes,
        one_id as manager_id,
        other_id as rep_id
    from pairs
    union all
    select
        meeting_id,
        held_on,
        duration_minutes,
        other_id as manager_id,
        one_id as rep_id
    from pairs
)

select
    both_ways.manager_id,
    both_ways.rep_id,
    both_ways.meeting_id,
    min(both_ways.held_on) as held_on,
    max(both_ways.duration_minutes) as duration_minutes
from both_ways
inner join {{ ref('int_rep_assignments') }} as assignments
    on
    both_ways.rep_id = assignments.rep_id
    and both_ways.manager_id = assignments.manager_id
    and both_ways.held_on >= assignments.valid_from
    and both_ways.held_on < assignments.valid_to
group by both_ways.manager_id, both_ways.rep_id, both_ways.meeting_id
