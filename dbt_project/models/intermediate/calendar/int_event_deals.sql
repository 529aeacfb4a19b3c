-- Grain: occurrence, with the deal that it is about: the CRM's own link; else the only deal, open when the
-- event starts, on which someone of the event has a role, whose main contact is there, or that its account
-- has. More than one and it is ambiguous.
with events as (
    select * from {{ ref('int_calendar_events_judged') }}
),

parties as (
    select * from {{ ref('int_event_parties') }}
),

people as (
    select event_id, contact_id from {{ ref('int_event_people') }}
    where not is_own and contact_id is not null
    union
    select event_id, contact_id from events
    where contact_id is not null
),

roles as (
    select distinct opportunity_id, contact_id from {{ ref('int_opportunity_contacts_unioned') }}
),

deals as (
    select opportunity_id, account_id, contact_id, created_at, closed_at
    from {{ ref('int_opportunities_current') }}
),

candidates as (
    select people.event_id, roles.opportunity_id, 2 as priority, 'contact_role' as rule
    from people
    inner join roles on people.contact_id = roles.contact_id
    union
    select people.event_id, deals.opportunity_id, 3 as priority, 'contact' as rule
    from people
    inner join deals on people.contact_id = deals.contact_id
    union
    select parties.event_id, deals.opportunity_id, 4 as priority, 'account' as rule
    from parties
    inner join deals on parties.account_id = deals.account_id
),

open_then as (
    select
        candidates.event_id,
        candidates.priority,
        candidates.rule,
        min(candidates.opportunity_id) as opportunity_id,
        count(distinct candidates.opportunity_id) as deal_count
    from candidates
    inner join events on candidates.event_id = events.event_id
    inner join deals on candidates.opportunity_id = deals.opportunity_id
    where
        coalesce(deals.created_at <= events.starts_at, false)
        and coalesce(deals.closed_at > events.starts_at, true)
    group by candidates.event_id, candidates.priority, candidates.rule
),

decided as (
    select
        event_id,
        min(case when deal_count = 1 then priority end) as priority,
        max(deal_count) as most_deals
    from open_then
    group by event_id
)

select
    events.event_id,
    coalesce(events.opportunity_id, open_then.opportunity_id) as opportunity_id,
    case
        when events.opportunity_id is not null then 'crm_link'
        when open_then.opportunity_id is not null then open_then.rule
        when decided.most_deals > 1 then 'ambiguous'
        else 'none'
    end as attribution_rule,
    coalesce(decided.most_deals, 0) > 0 as has_open_deal
from events
left join decided on events.event_id = decided.event_id
left join open_then on decided.event_id = open_then.event_id and decided.priority = open_then.priority
