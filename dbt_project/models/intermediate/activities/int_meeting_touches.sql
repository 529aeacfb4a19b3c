-- Grain: meeting with a lead or a contact or about a deal that was held by the word of a calendar and stands
-- in no CRM: a touch that nobody logged. Its copies in the calendars of several reps are one; with another
-- lead or contact of the same customer it is another. What was held before a lead existed is no touch of the
-- lead, nor is what somebody does with the contact that bears its address, unless the lead became that
-- contact afterwards; of a whole day nobody knows who met.
with events as (
    select
        event_id,
        source_instance,
        rep_id,
        starts_at
    from {{ ref('int_calendar_events_judged') }}
    where
        source_system in ({{ calendar_systems() }})
        and attendance in ('held', 'held_by_calendar')
        and not coalesce(is_all_day, false)
        and rep_id is not null
        and starts_at <= {{ as_of() }}
),

leads as (
    select lead_id, contact_id, created_at, converted_at from {{ ref('int_leads_resolved') }}
),

met_leads as (
    select
        events.event_id,
        leads.lead_id
    from events
    inner join {{ ref('int_event_parties') }} as parties on events.event_id = parties.event_id
    inner join leads on parties.lead_id = leads.lead_id
    where
        coalesce(events.starts_at >= leads.created_at, true)
        and (
            parties.contact_id is null
            or (
                parties.contact_id = leads.contact_id
                and coalesce(events.starts_at < leads.converted_at, true)
            )
        )
),

logged as (
    select
        rep_id,
        lead_id,
        contact_id,
        opportunity_id,
        occurred_at
    from {{ ref('int_touches') }}
    where kind = 'meeting' and occurred_at is not null
),

meetings as (
    select
        events.event_id,
        events.source_instance,
        events.rep_id,
        events.starts_at,
        met_leads.lead_id,
        parties.contact_id,
        deals.opportunity_id,
        row_number() over (
            partition by
                events.starts_at,
                coalesce(
                    met_leads.lead_id, parties.contact_id, parties.account_id, deals.opportunity_id
                )
            order by events.event_id
        ) as position
    from events
    inner join {{ ref('int_event_parties') }} as parties on events.event_id = parties.event_id
    inner join {{ ref('int_event_deals') }} as deals on events.event_id = deals.event_id
    left join met_leads on events.event_id = met_leads.event_id
    where
        parties.external_attendees > 0
        and coalesce(met_leads.lead_id, parties.contact_id, deals.opportunity_id) is not null
),

known as (
    select distinct meetings.event_id
    from meetings
    inner join logged
        on
        meetings.starts_at = logged.occurred_at
        and (
            meetings.rep_id = logged.rep_id
            or meetings.lead_id = logged.lead_id
            or meetings.contact_id = logged.contact_id
            or meetings.opportunity_id = logged.opportunity_id
        )
)

select
    meetings.event_id as activity_id,
    meetings.event_id as attempt_id,
    meetings.source_instance,
    meetings.rep_id,
    meetings.lead_id,
    meetings.contact_id,
    meetings.opportunity_id,
    'meeting' as kind,
    'outbound' as direction,
    meetings.starts_at as occurred_at,
    'instant' as occurred_at_precision,
    false as is_automated,
    cast(null as boolean) as is_connected,
    false as is_bulk_logged,
    true as is_touch
from meetings
left join known on meetings.event_id = known.event_id
where meetings.position = 1 and known.event_id is null
