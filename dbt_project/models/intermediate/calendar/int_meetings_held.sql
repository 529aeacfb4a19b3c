-- Grain: external meeting that was held, with a known account or lead: its copies in the calendars of several
-- reps and in the CRM are one. It stands for the rep who owns the deal, else for the first of its copies.
with events as (
    select
        published.*,
        judged.description,
        coalesce(published.account_id, published.lead_id) as party_id,
        -- the end of an implausible length is none
        case when published.duration_problem is null then published.ends_at end as known_ends_at,
        row_number() over (
            partition by published.meeting_id
            order by
                case when deals.owner_id = published.rep_id then 1 else 2 end,
                published.event_id
        ) as position
    from {{ ref('fct_calendar_events') }} as published
    inner join {{ ref('int_calendar_events_judged') }} as judged on published.event_id = judged.event_id
    left join {{ ref('int_opportunities_current') }} as deals
        on published.opportunity_id = deals.opportunity_id
    where
        published.is_external
        and coalesce(published.account_id, published.lead_id) is not null
        and published.attendance in ('held', 'held_by_calendar')
        and published.starts_at is not null
),

-- a source that never sent a body does not say that there is no agenda
sources as (
    select source_instance
    from {{ ref('int_calendar_events_judged') }}
    where description is not null
    group by source_instance
),

bodies as (
    select
        description,
        ' ' || {{ comparable_text('description') }} || ' ' as words
    from events
    where description is not null
    group by description
),

agendas as (
    select distinct bodies.description
    from bodies
    inner join {{ ref('agenda_words') }} as agenda_words
        on bodies.words like '% ' || agenda_words.word || ' %'
)

select
    events.meeting_id,
    min(case when events.position = 1 then events.rep_id end) as rep_id,
    count(distinct events.rep_id) as reps_count,
    min(events.party_id) as party_id,
    min(case when events.position = 1 then events.account_id end) as account_id,
    min(case when events.position = 1 then events.lead_id end) as lead_id,
    min(case when events.position = 1 then events.opportunity_id end) as opportunity_id,
    min(case when events.position = 1 then events.category end) as category,
    min(case when events.position = 1 then events.attendance end) as attendance,
    min(events.starts_at) as starts_at,
    max(coalesce(events.known_ends_at, events.starts_at)) as ended_at,
    max(case when events.is_first_meeting then 1 else 0 end) = 1 as is_first_meeting,
    max(case
        when events.is_private or sources.source_instance is null then null
        when agendas.description is not null then 1
        else 0
    end) = 1 as has_agenda
from events
left join sources on events.source_instance = sources.source_instance
left join agendas on events.description = agendas.description
group by events.meeting_id
