{%- set name_after_word = '^.*? (?:with|for|to|mit|für|an|bei|avec|para|con) (.+)$' -%}
-- Grain: event without outsiders whose title names exactly one account, deal or lead: time that a rep keeps
-- for it ("Send revised quote - Acme", "Follow up with Acme"). Names are compared whole.
with events as (
    select
        published.event_id,
        published.rep_id,
        published.starts_at,
        published.ends_at,
        published.created_at,
        judged.subject
    from {{ ref('fct_calendar_events') }} as published
    inner join {{ ref('int_calendar_events_judged') }} as judged on published.event_id = judged.event_id
    where
        not published.is_external
        and coalesce(published.external_attendees, 0) = 0
        and published.attendance in ('held', 'held_by_calendar', 'unknown')
        and not published.is_all_day
        and published.rep_id is not null
        and published.starts_at is not null
        and judged.subject is not null
),

titles as (
    select
        subject,
        {{ comparable_text(regex_extract('subject', '^(.*?)(?: [-–—|/] |: |$)')) }} as task_words,
        ' ' || {{ comparable_text('subject') }} || ' ' as words
    from events
    group by subject
),

parts as (
    select
        subject,
        {{ rows_of_list(regex_replace('subject', ' [-–—|/] |: ', '\n'), '\n') }} as part
    from titles
),

spellings as (
    select
        subject,
        {{ comparable_text('part') }} as name
    from parts
    union
    select
        subject,
        {{ comparable_text(regex_extract('lower(part)', name_after_word)) }} as name
    from parts
),

names as (
    select
        {{ comparable_text('account_name') }} as name,
        account_id,
        cast(null as varchar) as opportunity_id,
        cast(null as varchar) as lead_id
    from {{ ref('int_accounts_resolved') }}
    union
    select
        {{ comparable_text('opportunity_name') }} as name,
        account_id,
        opportunity_id,
        cast(null as varchar) as lead_id
    from {{ ref('int_opportunities_current') }}
    union
    select
        {{ comparable_text('full_name') }} as name,
        cast(null as varchar) as account_id,
        cast(null as varchar) as opportunity_id,
        lead_id
    from {{ ref('int_leads_resolved') }}
),

-- what two bear names neither
single_names as (
    select
        name,
        min(account_id) as account_id,
        min(opportunity_id) as opportunity_id,
        min(lead_id) as lead_id
    from names
    where length(name) > 2
    group by name
    having count(*) = 1
),

named as (
    select
        spellings.subject,
        min(single_names.account_id) as account_id,
        min(single_names.opportunity_id) as opportunity_id,
        min(single_names.lead_id) as lead_id
    from spellings
    inner join single_names on spellings.name = single_names.name
    group by spellings.subject
    having
        count(distinct single_names.account_id) <= 1
        and count(distinct single_names.opportunity_id) <= 1
        and count(distinct single_names.lead_id) <= 1
),

worded as (
    select distinct titles.subject
    from titles
    inner join named on titles.subject = named.subject
    inner join {{ ref('hold_title_words') }} as kept_for on titles.words like '% ' || kept_for.word || ' %'
),

account_deals as (
    select
        events.event_id,
        min(deals.opportunity_id) as opportunity_id
    from events
    inner join named on events.subject = named.subject
    inner join {{ ref('int_opportunities_current') }} as deals
        on named.account_id = deals.account_id and {{ is_open_at('deals', 'events.starts_at') }}
    group by events.event_id
    having count(*) = 1
)

select
    events.event_id,
    events.rep_id,
    events.starts_at,
    events.ends_at,
    events.created_at,
    named.account_id,
    named.lead_id,
    titles.task_words,
    coalesce(named.opportunity_id, account_deals.opportunity_id) as opportunity_id,
    worded.subject is not null as is_for_a_promise
from events
inner join named on events.subject = named.subject
inner join titles on events.subject = titles.subject
left join worded on events.subject = worded.subject
left join account_deals on events.event_id = account_deals.event_id
