-- Grain: deal that reached the proposal stage. What had passed between us and the buyer until then: the first
-- touch, meetings held, contacts with a role. Nothing of a later time is read.
with proposals as (
    select * from {{ ref('int_deal_proposals') }}
),

words as (
    select * from {{ ref('deal_words') }}
),

leads as (
    select lead_id, opportunity_id
    from {{ ref('int_leads_resolved') }}
    where opportunity_id is not null
),

activities as (
    select * from {{ ref('int_touches') }}
    where
        kind in ({{ touch_kinds() }})
        and (is_touch or direction = 'inbound')
        and not coalesce(is_automated, false)
),

-- a deal begins with the lead that it came from
links as (
    select opportunity_id, cast(null as varchar) as lead_id from proposals
    union all
    select proposals.opportunity_id, coalesce(proposals.lead_id, leads.lead_id) as lead_id
    from proposals
    left join leads on proposals.opportunity_id = leads.opportunity_id
    where coalesce(proposals.lead_id, leads.lead_id) is not null
),

touches as (
    select
        links.opportunity_id,
        activities.activity_id,
        activities.kind,
        activities.direction,
        activities.subject,
        activities.occurred_at
    from links
    inner join activities on links.opportunity_id = activities.opportunity_id
    where links.lead_id is null
    union all
    select
        links.opportunity_id,
        activities.activity_id,
        activities.kind,
        activities.direction,
        activities.subject,
        activities.occurred_at
    from links
    inner join activities on links.lead_id = activities.lead_id
),

touched as (
    select
        touches.*,
        row_number() over (
            partition by touches.opportunity_id order by touches.occurred_at, touches.activity_id
        ) as touch_number
    from touches
    inner join proposals on touches.opportunity_id = proposals.opportunity_id
    where touches.occurred_at <= proposals.proposal_at
),

-- one that stands in two calendars, or in a calendar and in the CRM, is one meeting
meetings as (
    select events.opportunity_id, events.starts_at, judged.subject
    from {{ ref('fct_calendar_events') }} as events
    inner join {{ ref('int_calendar_events_judged') }} as judged on events.event_id = judged.event_id
    where
        events.opportunity_id is not null
        and events.is_external
        and events.attendance in ('held', 'held_by_calendar')
    union all
    select opportunity_id, occurred_at as starts_at, subject from touches
    where kind = 'meeting'
),

-- each subject is read once: few are written again and again
subjects as (
    select
        subject,
        ' ' || {{ comparable_text('subject') }} || ' ' as subject_words
    from (
        select subject from touched
        where touch_number = 1
        union
        select subject from meetings
    ) as written
),

topics as (
    select
        subjects.subject,
        count(case when words.topic = 'formal_request' then 1 end) > 0 as is_formal_request,
        count(case when words.topic = 'discovery' then 1 end) > 0 as is_discovery
    from subjects
    inner join words on subjects.subject_words like '% ' || words.word || ' %'
    group by subjects.subject
),

first_touches as (
    select
        touched.opportunity_id,
        touched.direction = 'inbound' as is_inbound,
        touched.subject is not null as has_subject,
        coalesce(topics.is_formal_request, false) as is_formal_request
    from touched
    left join topics on touched.subject = topics.subject
    where touched.touch_number = 1
),

met as (
    select
        meetings.opportunity_id,
        count(distinct meetings.starts_at) as held_meetings,
        count(case when topics.is_discovery then 1 end) > 0 as has_met_for_discovery
    from meetings
    inner join proposals on meetings.opportunity_id = proposals.opportunity_id
    left join topics on meetings.subject = topics.subject
    where meetings.starts_at <= proposals.proposal_at
    group by meetings.opportunity_id
),

contacts as (
    select
        proposals.opportunity_id,
        count(distinct roles.contact_id) as contacts,
        min(seniorities.seniority) as seniority
    from proposals
    inner join {{ ref('int_opportunity_contacts_unioned') }} as roles
        on
        proposals.opportunity_id = roles.opportunity_id
        and proposals.proposal_at >= coalesce(roles.created_at, roles.changed_at)
    left join {{ ref('int_contact_seniorities') }} as seniorities on roles.contact_id = seniorities.contact_id
    where roles.contact_id is not null
    group by proposals.opportunity_id
)

select
    proposals.*,
    first_touches.is_inbound,
    first_touches.has_subject,
    first_touches.is_formal_request,
    contacts.contacts,
    contacts.seniority,
    coalesce(met.held_meetings, 0) as held_meetings,
    coalesce(met.has_met_for_discovery, false) as has_met_for_discovery
from proposals
left join first_touches on proposals.opportunity_id = first_touches.opportunity_id
left join met on proposals.opportunity_id = met.opportunity_id
left join contacts on proposals.opportunity_id = contacts.opportunity_id
