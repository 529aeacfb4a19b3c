-- Grain: record that has a duplicate. `cluster_id` is the oldest record that it is connected with, over
-- however many steps. A rank is passed on to younger records only: that is enough for the oldest to reach
-- everyone, and keeps the passes small.
with recursive persons as (
    select * from {{ ref('int_person_records') }}
),

pairs as (
    select
        older_key,
        younger_key
    from {{ ref('int_duplicate_pairs') }}
),

connections as (
    select older_key as record_key, younger_key as neighbour_key from pairs
    union
    select younger_key, older_key from pairs
),

reached as (
    select
        connections.record_key,
        persons.age_rank as oldest_rank
    from connections
    inner join persons on connections.record_key = persons.record_key
    union
    select
        connections.neighbour_key,
        reached.oldest_rank
    from reached
    inner join connections on reached.record_key = connections.record_key
    inner join persons on connections.neighbour_key = persons.record_key
    where reached.oldest_rank < persons.age_rank
),

oldest as (
    select
        record_key,
        min(oldest_rank) as oldest_rank
    from reached
    group by record_key
)

select
    oldest.record_key,
    persons.record_key as cluster_key,
    persons.record_id as cluster_id
from oldest
inner join persons on oldest.oldest_rank = persons.age_rank
