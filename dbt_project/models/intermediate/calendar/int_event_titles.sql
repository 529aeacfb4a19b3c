-- Grain: distinct title that has a word of the list: the category of its first word by priority. Titles
-- repeat, so each is compared once.
with titles as (
    select
        subject,
        {{ title_words('subject') }} as words
    from {{ ref('int_calendar_events_unioned') }}
    where subject is not null
    group by subject
),

rules as (
    select
        *,
        {{ title_pattern('word') }} as pattern
    from {{ ref('event_title_rules') }}
)

select
    titles.subject,
    min_by(rules.category, (rules.priority, rules.word)) as category,
    min_by(rules.word, (rules.priority, rules.word)) as word
from titles
-- a fifth of the time that `like` takes where every title meets every word
inner join rules on strpos(titles.words, rules.pattern) > 0
group by titles.subject
