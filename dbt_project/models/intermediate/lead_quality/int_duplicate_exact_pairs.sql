-- Grain: pair of records that an exact rule takes for one person, the older first.
-- Within a group of equal records each is paired with the oldest.
with persons as (
    select * from {{ ref('int_person_records') }}
),

same_mailbox as (
    select
        first_value(record_key) over (partition by mailbox order by age_rank) as older_key,
        record_key as younger_key,
        'same_mailbox' as match_rule
    from persons
    where mailbox is not null
),

same_business_card as (
    select
        first_value(record_key) over (partition by business_card order by age_rank) as older_key,
        record_key as younger_key,
        'same_name_company_phone' as match_rule
    from persons
    where business_card is not null
),

pairs as (
    select * from same_mailbox
    union all
    select * from same_business_card
)

select
    older_key,
    younger_key,
    cast(1.0 as double) as match_probability,
    min(match_rule) as match_rule
from pairs
where older_key <> younger_key
group by older_key, younger_key
