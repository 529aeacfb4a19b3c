-- Grain: pair of records of one person, the older first, with the probability that they are: 1 by an
-- exact rule, the model's where that finds them. Two known given names that are no forms of one name are
-- two people whatever else they share: a desk, a home, a mailbox, a day of birth.
with fields as (
    select * from {{ ref('int_person_fields') }}
),

comparisons as (
    select comparisons.*
    from {{ ref('int_duplicate_comparisons') }} as comparisons
    inner join {{ ref('int_duplicate_candidates') }} as candidates
        on comparisons.left_key = candidates.left_key and comparisons.right_key = candidates.right_key
),

limits as (
    select max(case when threshold = 'duplicate_probability' then value end) as duplicate_probability
    from {{ ref('lead_quality_thresholds') }}
),

probable as (
    select comparisons.*
    from comparisons
    inner join limits on comparisons.match_probability >= limits.duplicate_probability
    where not comparisons.given_names_differ
),

oldest as (
    select
        fields.value_key,
        fields.record_key,
        persons.age_rank
    from (
        select left_key as value_key from probable
        union distinct
        select right_key from probable
    ) as alike
    inner join fields on alike.value_key = fields.value_key
    inner join {{ ref('int_person_records') }} as persons on fields.record_key = persons.record_key
    qualify row_number() over (partition by fields.value_key order by persons.age_rank) = 1
),

-- two values: their oldest records stand for them
alike as (
    select
        case
            when left_oldest.age_rank < right_oldest.age_rank then left_oldest.record_key
            else right_oldest.record_key
        end as older_key,
        case
            when left_oldest.age_rank < right_oldest.age_rank then right_oldest.record_key
            else left_oldest.record_key
        end as younger_key,
        probable.match_probability,
        'probable' as match_rule
    from probable
    inner join oldest as left_oldest on probable.left_key = left_oldest.value_key
    inner join oldest as right_oldest on probable.right_key = right_oldest.value_key
    where probable.left_key <> probable.right_key
),

-- one value that says enough: each of its records and the oldest
same as (
    select
        oldest.record_key as older_key,
        fields.record_key as younger_key,
        probable.match_probability,
        'probable' as match_rule
    from probable
    inner join oldest on probable.left_key = oldest.value_key
    inner join fields on oldest.value_key = fields.value_key and oldest.record_key <> fields.record_key
    where probable.left_key = probable.right_key
),

exact as (
    select
        pairs.older_key,
        pairs.younger_key,
        pairs.match_probability,
        pairs.match_rule
    from {{ ref('int_duplicate_exact_pairs') }} as pairs
    inner join fields as older on pairs.older_key = older.record_key
    inner join fields as younger on pairs.younger_key = younger.record_key
    inner join comparisons
        on least(older.value_key, younger.value_key) = comparisons.left_key
        and greatest(older.value_key, younger.value_key) = comparisons.right_key
    where not comparisons.given_names_differ
),

pairs as (
    select * from exact
    union all
    select * from alike
    union all
    select * from same
)

select * from pairs
-- what an exact rule says too is certain
qualify
    row_number() over (
        partition by older_key, younger_key order by match_probability desc, match_rule asc
    ) = 1
