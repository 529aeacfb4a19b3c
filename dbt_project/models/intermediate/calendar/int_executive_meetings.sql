-- Grain: meeting with somebody whose job title is that of an executive.
with people as (
    select
        event_id,
        contact_id
    from {{ ref('int_event_people') }}
    where contact_id is not null and not is_declined
    union
    select
        event_id,
        contact_id
    from {{ ref('fct_calendar_events') }}
    where contact_id is not null
)

select distinct events.meeting_id
from people
inner join {{ ref('fct_calendar_events') }} as events on people.event_id = events.event_id
inner join {{ ref('int_contact_seniorities') }} as seniorities on people.contact_id = seniorities.contact_id
where seniorities.seniority in ('c_level', 'vp')
