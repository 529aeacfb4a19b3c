-- Grain: occurrence of an event in one rep's calendar or CRM. Who it belongs to, whether it took place as
-- far as anybody says, and whether its length can be true.
{%- set longest_hours = 24 %}
{%- set days_of_rep = 'is_all_day and rep_zone <> time_zone and is_known_zone' %}
{#- what a file defines under these names is not what the database has #}
{%- set own_definitions = "'EST', 'MST', 'HST', 'GMT'" %}
with reps as (
    select
        matched.source_instance,
        matched.owner_ref,
        matched.rep_id,
        zones.time_zone as rep_zone
    from {{ ref('int_reps_matched') }} as matched
    left join {{ ref('int_rep_zones') }} as zones on matched.rep_id = zones.rep_id
),

owned as (
    select
        unioned.*,
        reps.rep_id,
        reps.rep_zone,
        {{ is_time_zone('unioned.time_zone') }}
        and unioned.time_zone not in ({{ own_definitions }}) as is_known_zone
    from {{ ref('int_calendar_events_unioned') }} as unioned
    left join reps
        on unioned.source_instance = reps.source_instance and unioned.calendar_owner = reps.owner_ref
    where not coalesce(unioned.created_at > {{ as_of() }} and unioned.created_at <= {{ known_at() }}, false)
),

-- an invitation may have gone to another address of the rep's, and the answer stands there
addresses as (
    select * from {{ ref('int_rep_addresses') }}
),

of_many_addresses as (
    select rep_id from addresses
    group by rep_id
    having count(*) > 1
),

listed as (
    select
        owned.event_id,
        owned.rep_id,
        {{ rows_of_json('owned.attendees') }} as attendee
    from owned
    inner join of_many_addresses on owned.rep_id = of_many_addresses.rep_id
    where owned.response is null and owned.attendees is not null
),

answers as (
    select
        listed.event_id,
        replace(lower(min({{ json_text('listed.attendee', 'response') }})), '-', '_') as response
    from listed
    inner join addresses
        on
        listed.rep_id = addresses.rep_id
        and lower({{ json_text('listed.attendee', 'email') }}) = addresses.address
    group by listed.event_id
    having count(*) = 1
),

-- nobody from outside came: a meeting in the calendar of the one who asked for it, and nowhere else
left_alone as (
    select event_id from {{ ref('int_event_people') }}
    where not is_own
    group by event_id
    having bool_and(is_declined)
),

-- whole days are those of the rep's clock, whatever zone the calendar was read in
events as (
    select
        {{ all_but(['starts_at', 'ends_at', 'rep_zone', 'is_known_zone'], 'owned') }},
        case
            when {{ days_of_rep }} then {{ local_to_utc(utc_to_local('starts_at', 'time_zone'), 'rep_zone') }}
            else starts_at
        end as starts_at,
        case
            when {{ days_of_rep }} then {{ local_to_utc(utc_to_local('ends_at', 'time_zone'), 'rep_zone') }}
            else ends_at
        end as ends_at
    from owned
),

accounts as (
    select * from {{ ref('int_accounts_matched') }}
),

titles as (
    select * from {{ ref('int_event_titles') }}
),

measured as (
    select
        {{ all_but(['account_id', 'status', 'response', 'outcome', 'ends_at'], 'events') }},
        accounts.account_id,
        case
            -- a CRM that says it was held knows more than a title
            when
                titles.fate = 'cancelled'
                and coalesce(lower(events.outcome) not in ('held', 'completed'), true)
                then 'cancelled'
            else coalesce(lower(events.status), 'confirmed')
        end as status,
        coalesce(lower(events.response), answers.response) as response,
        coalesce(lower(events.outcome), case when titles.fate = 'no_show' then 'no_show' end) as outcome,
        left_alone.event_id is not null as is_left_alone,
        case when events.ends_at >= events.starts_at then events.ends_at end as ends_at,
        case
            when events.ends_at < events.starts_at then 'ends before it starts'
            when
                not coalesce(events.is_all_day, false)
                and coalesce(events.event_type, 'default') <> 'out_of_office'
                -- an export that lost the type keeps the title; meetings of CRMs go on for months ("Lunch")
                and not (
                    coalesce(titles.category = 'personal_or_out', false)
                    and events.source_system in ({{ calendar_systems() }})
                )
                and events.ends_at > {{ dbt.dateadd('hour', longest_hours, 'events.starts_at') }}
                then 'longer than {{ longest_hours }} hours and not an all-day event'
        end as duration_problem
    from events
    left join accounts on events.account_id = accounts.account_ref
    left join answers on events.event_id = answers.event_id
    left join titles on events.subject = titles.subject
    left join left_alone on events.event_id = left_alone.event_id
)

select
    {{ all_but(['is_left_alone']) }},
    case
        when duration_problem is null then {{ dbt.datediff('starts_at', 'ends_at', 'minute') }}
    end as duration_minutes,
    duration_problem is not null as is_implausible_duration,
    case
        when status = 'cancelled' or outcome = 'cancelled' then 'cancelled'
        -- who sent somebody else was not there
        when response in ('declined', 'delegated') then 'declined'
        when outcome = 'no_show' then 'no_show'
        -- a CRM that says it was held knows more than an answer that was given before
        when is_left_alone and coalesce(outcome not in ('held', 'completed'), true) then 'declined'
        when starts_at is null or coalesce(ends_at, starts_at) > {{ as_of() }} then 'unknown'
        when outcome in ('held', 'completed') then 'held'
        when status = 'tentative' then 'unknown'
        -- no answer to give: one's own event, or one that the CRM keeps
        when coalesce(response, 'accepted') = 'accepted' then 'held_by_calendar'
        else 'unknown'
    end as attendance
from measured
