-- Grain: occurrence. Who was there from outside and of us; who declined was not, and tells only which account
-- the event was about. The CRM's own link says with whom, else the addresses; of several accounts the one
-- with most people on the event, then the first by id.
with events as (
    select * from {{ ref('int_calendar_events_judged') }}
),

people as (
    select * from {{ ref('int_event_people') }}
),

counts as (
    select
        event_id,
        count(distinct case when not is_own then address end) as external_attendees,
        -- a person may be on it with two addresses
        count(distinct case when is_own then coalesce(rep_id, address) end) as own_people,
        count(distinct case when is_own then rep_id end) as own_reps,
        min(case when not is_own then lead_id end) as lead_id,
        min(case when not is_own then contact_id end) as contact_id
    from people
    where not is_declined
    group by event_id
),

accounts as (
    select
        event_id,
        account_id,
        row_number() over (partition by event_id order by count(*) desc, account_id) as position
    from people
    where not is_own and account_id is not null
    group by event_id, account_id
),

linked_contacts as (
    select contact_id, account_id from {{ ref('int_contacts_resolved') }}
),

linked_deals as (
    select opportunity_id, account_id from {{ ref('int_opportunities_resolved') }}
)

select
    events.event_id,
    coalesce(events.contact_id, counts.contact_id) as contact_id,
    coalesce(events.lead_id, counts.lead_id) as lead_id,
    coalesce(events.account_id, linked_deals.account_id, linked_contacts.account_id, accounts.account_id)
        as account_id,
    coalesce(events.lead_id, events.contact_id, events.account_id, events.opportunity_id) is not null
        as is_linked,
    -- of a private event nobody knows who is there
    case
        when events.is_private then null
        when events.attendees is not null or events.organizer_email is not null
            then coalesce(counts.external_attendees, 0)
    end as external_attendees,
    coalesce(counts.own_people, 0) as own_people,
    coalesce(counts.own_reps, 0) as own_reps
from events
left join counts on events.event_id = counts.event_id
left join accounts on events.event_id = accounts.event_id and accounts.position = 1
left join linked_contacts on events.contact_id = linked_contacts.contact_id
left join linked_deals on events.opportunity_id = linked_deals.opportunity_id
