-- Grain: distinct title that has a word of the list: the category of its first word by priority. Titles
-- repeat, so each is compared once.
with titles as (
    select
        subject,
        {{ title_words('subject') }} as words
    from {{ ref('int_calendar_events_unioned') }}
    where subject is not null
    group by subject
)

select
    titles.subject,
    min_by(rules.category, (rules.priority, rules.word)) as category,
    min_by(rules.word, (rules.priority, rules.word)) as word
from titles
inner join {{ ref('event_title_rules') }} as rules
    on {{ has_title_word('titles.words', 'rules.word') }}
group by titles.subject
