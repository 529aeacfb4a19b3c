-- Grain: lead. Which steps of the funnel it took, and when. Each step stands on its own records, so one may
-- have been taken without the one before.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

efforts as (
    select * from {{ ref('int_person_efforts') }}
    where person_type = 'lead'
),

held as (
    select
        lead_id,
        contact_id,
        starts_at
    from {{ ref('fct_calendar_events') }}
    where attendance in ('held', 'held_by_calendar') and starts_at <= {{ as_of() }}
),

-- with the lead, or with the contact that it became: not what that contact did before there was a lead
lead_meetings as (
    select lead_id, starts_at from held
    where lead_id is not null
    union all
    select
        leads.lead_id,
        held.starts_at
    from held
    inner join leads on held.contact_id = leads.contact_id
    where held.lead_id is null and coalesce(held.starts_at >= leads.created_at, true)
),

meetings as (
    select
        lead_id,
        min(starts_at) as met_at
    from lead_meetings
    group by lead_id
),

-- renewals are not prospecting
deals as (
    select * from {{ ref('int_opportunities_current') }}
    where opportunity_type <> 'renewal'
),

renewals as (
    select opportunity_id from {{ ref('int_opportunities_current') }}
    where opportunity_type = 'renewal'
),

joined as (
    select
        leads.lead_id,
        efforts.first_touch_at as touched_at,
        meetings.met_at as meeting_held_at,
        deals.closed_at as won_at,
        least(efforts.first_conversation_at, efforts.first_reply_at, meetings.met_at) as connected_at,
        -- a deal that never landed was one all the same
        leads.is_converted and leads.opportunity_id is not null and renewals.opportunity_id is null
            as has_opportunity,
        coalesce(leads.converted_at, deals.created_at) as opportunity_at,
        coalesce(deals.outcome = 'won', false) as has_won
    from leads
    left join efforts on leads.lead_id = efforts.person_id
    left join meetings on leads.lead_id = meetings.lead_id
    left join deals on leads.opportunity_id = deals.opportunity_id
    left join renewals on leads.opportunity_id = renewals.opportunity_id
)

select
    lead_id,
    touched_at,
    connected_at,
    meeting_held_at,
    has_opportunity as is_opportunity,
    touched_at is not null as is_touched,
    connected_at is not null as is_connected,
    meeting_held_at is not null as is_meeting_held,
    has_opportunity and has_won as is_won,
    case when has_opportunity then opportunity_at end as opportunity_at,
    case when has_opportunity and has_won then won_at end as won_at
from joined
