-- Grain: distinct title that has a word of the list, with the category of its first word by priority, or that
-- says what became of the event. Titles repeat, so each is compared once.
with titles as (
    select
        subject,
        {{ title_words('subject') }} as words,
        {{ title_fate('subject') }} as fate
    from {{ ref('int_calendar_events_unioned') }}
    where subject is not null
    group by subject
),

rules as (
    select
        *,
        {{ title_pattern('word') }} as pattern
    from {{ ref('event_title_rules') }}
),

categorised as (
    select
        titles.subject,
        min_by(rules.category, (rules.priority, rules.word)) as category,
        min_by(rules.word, (rules.priority, rules.word)) as word
    from titles
    -- a fifth of the time that `like` takes where every title meets every word
    inner join rules on strpos(titles.words, rules.pattern) > 0
    group by titles.subject
)

select
    titles.subject,
    categorised.category,
    categorised.word,
    titles.fate
from titles
left join categorised on titles.subject = categorised.subject
where categorised.subject is not null or titles.fate is not null
