-- Grain: pair of records that an exact rule takes for one person, the older first.
-- Within a group of equal records each is paired with the oldest.
{% set rules = {'business_card': 'same_name_company_phone', 'named_line': 'same_name_phone'} -%}
with persons as (
    select * from {{ ref('int_person_records') }}
),

-- most are one record's: only the others are put in order
shared_mailboxes as (
    select mailbox from persons
    where mailbox is not null
    group by mailbox
    having count(*) > 1
),

{% for column in rules -%}
    shared_{{ column }} as (
        select {{ column }} from {{ ref('int_person_fields') }}
        where {{ column }} is not null
        group by {{ column }}
        having count(*) > 1
    ),

{% endfor -%}
said as (
    select
        persons.record_key,
        persons.age_rank,
        persons.mailbox as value,
        'same_mailbox' as match_rule
    from persons
    inner join shared_mailboxes on persons.mailbox = shared_mailboxes.mailbox
    {%- for column, match_rule in rules.items() %}
        union all
        select
            persons.record_key,
            persons.age_rank,
            fields.{{ column }} as value,
            '{{ match_rule }}' as match_rule
        from {{ ref('int_person_fields') }} as fields
        inner join shared_{{ column }} on fields.{{ column }} = shared_{{ column }}.{{ column }}
        inner join persons on fields.record_key = persons.record_key
    {%- endfor %}
),

pairs as (
    select
        record_key as younger_key,
        match_rule,
        first_value(record_key) over (partition by match_rule, value order by age_rank) as older_key
    from said
)

select
    older_key,
    younger_key,
    cast(1.0 as double) as match_probability,
    min(match_rule) as match_rule
from pairs
where older_key <> younger_key
group by older_key, younger_key
