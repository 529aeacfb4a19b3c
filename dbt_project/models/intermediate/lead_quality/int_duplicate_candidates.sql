-- Grain: pair of distinct values of persons (int_person_fields.value_key), the smaller key first, that
-- are worth comparing: they share a block. In a block each is paired with the next few in the order of
-- names: no switchboard and no common name makes more pairs than `neighbours` per record and block.
{% set neighbours = 10 -%}
{% set by_name = "coalesce(given_name, '') || ' ' || coalesce(surname, '')" -%}
{% set by_place = "coalesce(postal_code, '') || ' ' || coalesce(company, '') || ' ' || coalesce(city, '')" -%}
{# what is shared, and the order inside; null where a part is missing #}
{% set blocks = {
    'mailbox': ['mailbox', by_name],
    'line': ['line', by_name],
    'mobile_line': ['mobile_line', by_name],
    'surname_company': ["left(surname, 3) || '|' || company", by_name],
    'surname_domain': ["left(surname, 3) || '|' || company_domain", by_name],
    'given_name_company': ["given_name || '|' || coalesce(company_domain, company)", by_name],
    'surname_postal_code': ["left(surname, 3) || '|' || postal_code", by_name],
    'given_name_postal_code': ["given_name || '|' || postal_code", by_name],
    'street': ['street', by_place],
    'name': ["least(given_name, surname) || '|' || greatest(given_name, surname)", by_place],
    'birth_date': ['cast(birth_date as varchar)', by_name],
} -%}
with fields as (
    select * from {{ ref('int_person_fields') }}
),

-- of equal records one stands for all
firsts as (
    select min(record_key) as record_key from fields
    group by value_key
),

persons as (
    select fields.* from fields
    inner join firsts on fields.record_key = firsts.record_key
),

blocks as (
    {%- for name, (shared, inside) in blocks.items() %}
        select
            value_key,
            {{ hash_of_texts(["'" ~ name.replace('mobile_', '') ~ "'", shared]) }} as block_key,
            {{ inside }} as position_text
        from persons
        where {{ shared }} is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

shared_blocks as (
    select block_key from blocks
    group by block_key
    having count(*) > 1
),

neighbours as (
    select
        blocks.value_key,
        {{ rows_of_next(
            'blocks.value_key', neighbours, 'blocks.block_key', 'blocks.position_text, blocks.value_key'
        ) }} as neighbour_key
    from blocks
    inner join shared_blocks on blocks.block_key = shared_blocks.block_key
),

-- whoever is one person by an exact rule is compared too: the names may contradict it
exact as (
    select
        older.value_key,
        younger.value_key as neighbour_key
    from {{ ref('int_duplicate_exact_pairs') }} as pairs
    inner join fields as older on pairs.older_key = older.record_key
    inner join fields as younger on pairs.younger_key = younger.record_key
),

-- records that say the very same, which a name alone does not make one person
same as (
    select
        value_key,
        value_key as neighbour_key
    from fields
    group by value_key
    having count(*) > 1
),

pairs as (
    select * from neighbours
    union all
    select * from exact
    union all
    select * from same
)

select distinct
    least(value_key, neighbour_key) as left_key,
    greatest(value_key, neighbour_key) as right_key
from pairs
where neighbour_key is not null
