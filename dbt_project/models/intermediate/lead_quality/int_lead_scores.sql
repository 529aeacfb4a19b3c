-- Grain: lead. Flags of one evidence group look at the same thing: the largest weight counts. Groups are
-- taken as independent (noisy-or). A score is null where no rule of its family could be evaluated.
with groups as (
    select
        lead_id,
        family,
        evidence_group,
        max(cast(weight as double)) as weight,
        max(case when is_proof then 1 else 0 end) as has_proof
    from {{ ref('int_lead_flags') }}
    where family in ('fake', 'stale') and exempted_until is null
    group by lead_id, family, evidence_group
),

-- rounded: 1 - 0.4 * 0.25 is to equal 0.9; a weight of 1 would be the logarithm of nothing
scored as (
    select
        lead_id,
        family,
        case
            when max(weight) >= 1 then 1.0
            else round(1 - exp(sum(ln(1 - least(weight, 0.999999)))), 6)
        end as score,
        count(*) as group_count,
        max(has_proof) = 1 as has_proof
    from groups
    group by lead_id, family
),

evaluated as (
    select
        rules.source_instance,
        max(case when weights.family = 'fake' and rules.is_evaluated then 1 else 0 end)
        = 1 as is_fake_evaluated,
        max(case when weights.family = 'stale' and rules.is_evaluated then 1 else 0 end)
        = 1 as is_stale_evaluated
    from {{ ref('int_rules_evaluated') }} as rules
    inner join {{ ref('lead_flag_weights') }} as weights on rules.column_or_rule = weights.flag
    where rules.table_name = 'fct_lead_flags'
    group by rules.source_instance
),

leads as (
    select
        lead_id,
        source_instance
    from {{ ref('int_leads_resolved') }}
),

limits as (
    select * from {{ lead_limits() }}
),

final as (
    select
        leads.lead_id,
        case when evaluated.is_fake_evaluated then coalesce(fake.score, 0) end as fake_score,
        case when evaluated.is_stale_evaluated then coalesce(stale.score, 0) end as stale_score,
        coalesce(fake.group_count, 0) as fake_group_count,
        coalesce(fake.has_proof, false) as has_proof
    from leads
    left join evaluated on leads.source_instance = evaluated.source_instance
    left join scored as fake on leads.lead_id = fake.lead_id and fake.family = 'fake'
    left join scored as stale on leads.lead_id = stale.lead_id and stale.family = 'stale'
)

select
    final.*,
    coalesce(final.fake_score >= limits.fake_score, false)
    and (final.fake_group_count >= limits.fake_evidence_groups or final.has_proof) as is_fake,
    coalesce(final.fake_score >= limits.suspect_score, false) as is_suspect,
    coalesce(final.stale_score >= limits.stale_score, false) as is_stale
from final
cross join limits
