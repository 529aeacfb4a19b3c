-- Grain: occurrence of an event in one rep's calendar or CRM. Who it belongs to, whether it took place as
-- far as anybody says, and whether its length can be true.
{%- set longest_hours = 24 %}
with events as (
    select * from {{ ref('int_calendar_events_unioned') }}
    where not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

accounts as (
    select * from {{ ref('int_accounts_matched') }}
),

measured as (
    select
        {{ all_but(['account_id', 'status', 'response', 'outcome', 'ends_at'], 'events') }},
        accounts.account_id,
        reps.rep_id,
        coalesce(lower(events.status), 'confirmed') as status,
        lower(events.response) as response,
        lower(events.outcome) as outcome,
        case when events.ends_at >= events.starts_at then events.ends_at end as ends_at,
        case
            when events.ends_at < events.starts_at then 'ends before it starts'
            when
                not coalesce(events.is_all_day, false)
                and coalesce(events.event_type, 'default') <> 'out_of_office'
                and events.ends_at > {{ dbt.dateadd('hour', longest_hours, 'events.starts_at') }}
                then 'longer than {{ longest_hours }} hours and not an all-day event'
        end as duration_problem
    from events
    left join reps
        on events.source_instance = reps.source_instance and events.calendar_owner = reps.owner_ref
    left join accounts on events.account_id = accounts.account_ref
)

select
    *,
    case
        when duration_problem is null then {{ dbt.datediff('starts_at', 'ends_at', 'minute') }}
    end as duration_minutes,
    duration_problem is not null as is_implausible_duration,
    case
        when status = 'cancelled' or outcome = 'cancelled' then 'cancelled'
        when response = 'declined' then 'declined'
        when outcome = 'no_show' then 'no_show'
        when starts_at is null or coalesce(ends_at, starts_at) > {{ as_of() }} then 'unknown'
        when outcome in ('held', 'completed') then 'held'
        when status = 'tentative' then 'unknown'
        -- no answer to give: one's own event, or one that the CRM keeps
        when coalesce(response, 'accepted') = 'accepted' then 'held_by_calendar'
        else 'unknown'
    end as attendance
from measured
