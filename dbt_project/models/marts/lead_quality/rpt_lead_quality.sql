with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

scores as (
    select * from {{ ref('int_lead_scores') }}
),

duplicates as (
    select * from {{ ref('int_lead_duplicates') }}
),

ages as (
    select * from {{ ref('int_lead_value_ages') }}
),

-- the process family says something about the work, never about the lead
flags as (
    select * from {{ ref('int_lead_flags') }}
    where family in ('fake', 'stale')
),

exempt_duplicates as (
    select lead_id from {{ ref('int_lead_exemptions') }}
    where flag = 'duplicate'
),

judged as (
    select
        leads.lead_id,
        leads.source_system,
        leads.source_instance,
        leads.created_at,
        scores.fake_score,
        scores.stale_score,
        scores.is_stale,
        duplicates.duplicate_of,
        duplicates.cluster_id,
        duplicates.match_probability,
        ages.first_landed_at,
        duplicates.duplicate_of is not null and exempt_duplicates.lead_id is not null as is_exempt_duplicate,
        case
            when scores.is_fake then 'fake'
            when duplicates.duplicate_of is not null and exempt_duplicates.lead_id is null then 'duplicate'
            when scores.is_suspect then 'suspect'
            when scores.is_stale then 'stale'
            else 'trusted'
        end as verdict
    from leads
    inner join scores on leads.lead_id = scores.lead_id
    left join duplicates on leads.lead_id = duplicates.lead_id
    left join ages on leads.lead_id = ages.lead_id
    left join exempt_duplicates on leads.lead_id = exempt_duplicates.lead_id
),

-- what the verdict rests on comes first, then the heavier, then the alphabet
reasons as (
    select
        flags.lead_id,
        flags.flag as reason,
        flags.since,
        case when flags.family = 'fake' then 1 when judged.verdict = 'stale' then 0 else 2 end as place,
        cast(flags.weight as double) as weight
    from flags
    inner join judged on flags.lead_id = judged.lead_id
    where flags.exempted_until is null
    union all
    select
        lead_id,
        'duplicate' as reason,
        least(created_at, {{ as_of() }}) as since,
        case verdict when 'duplicate' then 0 else 3 end as place,
        match_probability as weight
    from judged
    where duplicate_of is not null and not is_exempt_duplicate
),

listed as (
    select
        lead_id,
        {{ joined_texts('reason', 'place', 'weight') }} as reasons,
        min(since) as first_flagged_at
    from reasons
    group by lead_id
),

exempted as (
    select
        lead_id,
        {{ dbt.listagg('flag', "', '", 'order by flag') }} as exempted_flags
    from (
        select lead_id, flag from flags
        where exempted_until is not null
        union all
        select lead_id, 'duplicate' as flag from judged
        where is_exempt_duplicate
    ) as what_does_not_count
    group by lead_id
)

select
    judged.lead_id,
    {{ as_of() }} as as_of,
    judged.source_system,
    judged.source_instance,
    judged.fake_score,
    judged.stale_score,
    judged.verdict,
    judged.is_stale,
    listed.reasons,
    case when judged.verdict <> 'trusted' then split_part(listed.reasons, ', ', 1) end as main_reason,
    coalesce(listed.first_flagged_at, case when listed.lead_id is not null then judged.first_landed_at end)
        as first_flagged_at,
    judged.first_landed_at,
    judged.duplicate_of,
    judged.cluster_id,
    judged.match_probability,
    exempted.exempted_flags
from judged
left join listed on judged.lead_id = listed.lead_id
left join exempted on judged.lead_id = exempted.lead_id
