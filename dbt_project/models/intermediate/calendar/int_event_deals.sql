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
    select
        there.event_id,
        there.contact_id,
        events.starts_at
    from (
        select event_id, contact_id from {{ ref('int_event_people') }}
        where not is_own and contact_id is not null
        union
        select event_id, contact_id from {{ ref('int_calendar_events_judged') }}
        where contact_id is not null
    ) as there
    inner join events on there.event_id = events.event_id
),

roles as (
    select distinct opportunity_id, contact_id from {{ ref('int_opportunity_contacts_unioned') }}
),

deals as (
    select opportunity_id, account_id, contact_id, created_at, closed_at
    from {{ ref('int_opportunities_current') }}
),

open_then as (
    select
        people.event_id,
        2 as priority,
        'contact_role' as rule,
        deals.opportunity_id
    from people
    inner join roles on people.contact_id = roles.contact_id
    inner join deals
        on roles.opportunity_id = deals.opportunity_id and {{ is_open_at('deals', 'people.starts_at') }}
    union all
    select
        people.event_id,
        3 as priority,
        'contact' as rule,
        deals.opportunity_id
    from people
    inner join deals
        on people.contact_id = deals.contact_id and {{ is_open_at('deals', 'people.starts_at') }}
    union all
    select
        events.event_id,
        4 as priority,
        'account' as rule,
        deals.opportunity_id
    from events
    inner join parties on events.event_id = parties.event_id
    inner join deals
        on parties.account_id = deals.account_id and {{ is_open_at('deals', 'events.starts_at') }}
),

counted as (
    select
        event_id,
        priority,
        rule,
        min(opportunity_id) as opportunity_id,
        count(distinct opportunity_id) as deal_count
    from open_then
    group by event_id, priority, rule
),

decided as (
    select
        event_id,
        min(case when deal_count = 1 then priority end) as priority,
        max(deal_count) as most_deals
    from counted
    group by event_id
)

select
    events.event_id,
    coalesce(linked.opportunity_id, counted.opportunity_id) as opportunity_id,
    case
        when linked.opportunity_id is not null then 'crm_link'
        when counted.opportunity_id is not null then counted.rule
        when decided.most_deals > 1 then 'ambiguous'
        else 'none'
    end as attribution_rule,
    coalesce(decided.most_deals, 0) > 0 as has_open_deal
from events
-- a link to a deal that is gone says nothing
left join deals as linked on events.opportunity_id = linked.opportunity_id
left join decided on events.event_id = decided.event_id
left join counted on decided.event_id = counted.event_id and decided.priority = counted.priority
