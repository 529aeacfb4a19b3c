-- Grain: lead that is one of several records of a person. Of these the oldest good one stays; the
-- others are its duplicates. Where none is good none stays: then each is judged by its own flags.
-- Leads converted to one contact were merged by people already.
with clusters as (
    select * from {{ ref('int_person_clusters') }}
),

persons as (
    select * from {{ ref('int_person_records') }}
),

scores as (
    select
        is_fake,
        is_suspect,
        'lead|' || lead_id as record_key
    from {{ ref('int_lead_scores') }}
),

pairs as (
    select older_key as record_key, match_rule, match_probability from {{ ref('int_duplicate_pairs') }}
    union all
    select younger_key, match_rule, match_probability from {{ ref('int_duplicate_pairs') }}
),

closest as (
    select
        record_key,
        max(match_probability) as match_probability,
        min(match_rule) as match_rule
    from pairs
    group by record_key
),

members as (
    select
        persons.*,
        clusters.cluster_key,
        clusters.cluster_id,
        not coalesce(scores.is_fake or scores.is_suspect, persons.has_disposable_mailbox) as is_good
    from clusters
    inner join persons on clusters.record_key = persons.record_key
    left join scores on persons.record_key = scores.record_key
),

kept as (
    select * from members
    where is_good
    qualify row_number() over (partition by cluster_key order by age_rank) = 1
)

select
    members.record_id as lead_id,
    members.cluster_id,
    closest.match_rule,
    closest.match_probability,
    case
        when members.record_key <> kept.record_key
            and not coalesce(members.contact_id = kept.contact_id, false)
            then kept.record_id
    end as duplicate_of
from members
left join kept on members.cluster_key = kept.cluster_key
inner join closest on members.record_key = closest.record_key
where members.record_type = 'lead'
