-- Grain: contact with a job title, and the level that the title speaks of: the first word that decides,
-- else staff. Words of up to four letters stand alone (`cto` is not in director, nor `coo` in coordinator);
-- longer ones may be part of a word, as in Vertriebsleiter.
with contacts as (
    select
        contact_id,
        ' ' || coalesce({{ comparable_text('title') }}, '') || ' ' as title_words
    from {{ ref('int_contacts_resolved') }}
    where title is not null
),

words as (
    select
        *,
        case when length(word) <= 4 then '% ' || word || ' %' else '%' || word || '%' end as pattern
    from {{ ref('title_seniority_words') }}
)

select
    contacts.contact_id,
    coalesce(min_by(words.seniority, words.priority), 'staff') as seniority
from contacts
left join words on contacts.title_words like words.pattern
group by contacts.contact_id
