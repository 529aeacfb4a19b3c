{{ config(materialized='view') }}
-- Grain: activity or CRM meeting that exists at known_at, with the moment at which it took place.
-- `occurred_at_precision`: instant; logged, where all that is known is when the record was made;
-- date, where the instance's times of that kind are midnights of its zone.
with activities as (
    select * from {{ ref('int_activities_unioned') }}
),

-- an appointment in the CRM that concerns nobody is a calendar matter only
meetings as (
    select * from {{ ref('int_calendar_events_unioned') }}
    where
        source_system not in ({{ calendar_systems() }})
        and coalesce(lead_id, contact_id, account_id, opportunity_id) is not null
),

-- what the title says became of it, as int_calendar_events_judged has it
titles as (
    select
        subject,
        fate
    from {{ ref('int_event_titles') }}
    where fate is not null
),

sources as (
    select * from {{ ref('int_build_sources') }}
),

meeting_activities as (
    select
        meetings.event_id as activity_id,
        meetings.source_system,
        meetings.source_instance,
        meetings.calendar_owner as owner_id,
        meetings.lead_id,
        meetings.contact_id,
        meetings.account_id,
        meetings.opportunity_id,
        'meeting' as kind,
        'outbound' as direction,
        meetings.subject,
        case
            when lower(meetings.status) = 'cancelled' then 'cancelled'
            when lower(meetings.outcome) in ('cancelled', 'no_show') then 'cancelled'
            when lower(meetings.response) = 'declined' then 'cancelled'
            when
                titles.fate is not null
                and coalesce(lower(meetings.outcome) not in ('held', 'completed'), true)
                then 'cancelled'
        end as status,
        meetings.starts_at as occurred_at,
        coalesce(meetings.is_all_day, false) as is_all_day,
        meetings.created_at,
        -- of whole days and of lengths that cannot be true (int_calendar_events_judged) nobody knows how long
        case
            when
                not coalesce(meetings.is_all_day, false)
                and meetings.ends_at between meetings.starts_at
                and {{ dbt.dateadd('hour', 24, 'meetings.starts_at') }}
                then {{ dbt.datediff('meetings.starts_at', 'meetings.ends_at', 'minute') }}
        end as duration_minutes,
        false as is_automated
    from meetings
    left join titles on meetings.subject = titles.subject
),

other_activities as (
    select
        {{ all_but([
            'kind', 'direction', 'status', 'notes', 'duration_seconds', 'modified_at', 'changed_at', 'loaded_at'
        ]) }},
        lower(kind) as kind,
        lower(direction) as direction,
        lower(status) as status
    from activities
),

together as (
    {{ union_by_name(['select * from other_activities', 'select * from meeting_activities']) }}
),

placed as (
    select
        {{ all_but(['occurred_at'], 'together') }},
        coalesce(
            together.occurred_at,
            together.completed_at,
            case
                when together.kind in ('call', 'email', 'message', 'meeting')
                    and coalesce(together.status, 'completed') in ({{ done_statuses() }})
                    then together.created_at
            end
        ) as occurred_at,
        together.occurred_at is null and together.completed_at is null as is_logged,
        coalesce(sources.time_zone, 'UTC') as time_zone
    from together
    left join sources on together.source_instance = sources.source_instance
),

-- Of each kind for itself: a file of calls may have dates only beside meetings with times. One odd record in
-- a hundred does not make the others' midnights moments. The zone is asked only for times at a quarter of an
-- hour: no zone's midnight lies elsewhere.
midnights as (
    select
        source_instance,
        kind,
        avg(case
            when extract(second from occurred_at) <> 0 or extract(minute from occurred_at) % 15 <> 0 then 0
            when cast({{ utc_to_local('occurred_at', 'time_zone') }} as time) = time '00:00' then 1
            else 0
        end) >= 0.99 as has_only_dates
    from placed
    where occurred_at is not null and not is_logged
    group by source_instance, kind
),

final as (
    select
        {{ all_but(['is_logged', 'time_zone'], 'placed') }},
        case
            when placed.occurred_at is null then null
            when placed.is_logged then 'logged'
            when midnights.has_only_dates then 'date'
            else 'instant'
        end as occurred_at_precision
    from placed
    left join midnights on placed.source_instance = midnights.source_instance and placed.kind = midnights.kind
)

select * from final
