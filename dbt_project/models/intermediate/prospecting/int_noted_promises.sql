-- Grain: notes of a meeting or activity × day by which something is promised in it: a phrase and a day of one
-- language in one sentence, said of oneself. What buyers wrote is not read; private events carry no notes.
with activity_notes as (
    select
        touches.activity_id as record_id,
        touches.rep_id,
        touches.opportunity_id,
        touches.lead_id,
        touches.account_id,
        coalesce(touches.occurred_at, touches.created_at) as promised_at,
        activities.notes
    from {{ ref('int_activities_unioned') }} as activities
    inner join {{ ref('int_touches') }} as touches on activities.activity_id = touches.activity_id
    where
        length(activities.notes) > 10
        and coalesce(touches.direction, 'outbound') <> 'inbound'
        and not coalesce(touches.is_automated, false)
),

-- one meeting in two calendars is one promise
event_notes as (
    select
        min(published.meeting_id) as record_id,
        min(published.rep_id) as rep_id,
        min(published.opportunity_id) as opportunity_id,
        min(published.lead_id) as lead_id,
        min(published.account_id) as account_id,
        min(coalesce(published.ends_at, published.starts_at)) as promised_at,
        events.description as notes
    from {{ ref('int_calendar_events_judged') }} as events
    inner join {{ ref('fct_calendar_events') }} as published on events.event_id = published.event_id
    where
        length(events.description) > 10
        and published.is_external
        and published.attendance in ('held', 'held_by_calendar')
    group by published.meeting_id, events.description
),

notes as (
    select * from activity_notes
    union all
    select * from event_notes
),

days as (
    select
        notes.*,
        cast({{ utc_to_local('notes.promised_at', 'reps.time_zone') }} as date) as promised_on
    from notes
    inner join {{ ref('int_rep_zones') }} as reps on notes.rep_id = reps.rep_id
    where
        coalesce(notes.opportunity_id, notes.lead_id) is not null
        and notes.promised_at <= {{ as_of() }}
),

sentences as (
    select
        {{ all_but(['notes'], 'days') }},
        {{ rows_of_list(regex_replace('days.notes', '([.!?;]+\\s+|[\\r\\n]+)', '\n'), '\n') }} as sentence
    from days
),

worded as (
    select
        {{ all_but(['sentence'], 'sentences') }},
        {{ comparable_text('sentences.sentence') }} || ' ' as words
    from sentences
    where length(sentences.sentence) > 10
),

promises as (
    select
        worded.*,
        phrases.language
    from worded
    inner join {{ ref('promise_phrases') }} as phrases
        on
        (phrases.is_at_start and worded.words like phrases.phrase || ' %')
        or (not phrases.is_at_start and ' ' || worded.words like '% ' || phrases.phrase || ' %')
),

dated as (
    select
        promises.*,
        {{ promised_day('promises.promised_on', 'due.due_rule', 'due.number') }} as due_on
    from promises
    inner join {{ ref('promise_due_words') }} as due
        on
        promises.language = due.language
        and ' ' || promises.words like '% ' || due.phrase || ' %'
    union all
    select
        *,
        {{ written_day('words') }} as due_on
    from promises
)

select
    record_id,
    rep_id,
    opportunity_id,
    lead_id,
    account_id,
    promised_at,
    due_on
from dated
where due_on >= promised_on and due_on <= {{ dbt.dateadd('day', 366, 'promised_on') }}
group by
    record_id,
    rep_id,
    opportunity_id,
    lead_id,
    account_id,
    promised_at,
    due_on
