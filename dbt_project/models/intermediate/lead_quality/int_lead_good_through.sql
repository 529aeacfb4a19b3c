-- Grain: source instance × lead source. How old leads were, at most, when nine of ten of those that
-- became a deal did; null lead source is every lead of the instance. Only where enough of them did.
with limits as (
    select * from {{ lead_limits() }}
),

leads as (
    select * from {{ ref('int_leads_resolved') }}
    where is_converted
),

opportunities as (
    select
        opportunity_id,
        created_at
    from {{ ref('int_opportunities_resolved') }}
),

converted as (
    select
        leads.source_instance,
        leads.lead_source,
        {{ dbt.datediff(
            'leads.created_at', 'coalesce(leads.converted_at, opportunities.created_at)', 'hour'
        ) }} / 24.0 as days_to_opportunity
    from leads
    left join opportunities on leads.opportunity_id = opportunities.opportunity_id
    where coalesce(leads.converted_at, opportunities.created_at) >= leads.created_at
),

of_lead_source as (
    select
        source_instance,
        lead_source,
        quantile_cont(days_to_opportunity, 0.9) as good_through_days,
        count(*) as lead_count
    from converted
    where lead_source is not null
    group by source_instance, lead_source
),

of_instance as (
    select
        source_instance,
        cast(null as varchar) as lead_source,
        quantile_cont(days_to_opportunity, 0.9) as good_through_days,
        count(*) as lead_count
    from converted
    group by source_instance
),

final as (
    select * from of_lead_source
    union all
    select * from of_instance
)

select final.*
from final
inner join limits on final.lead_count >= limits.good_through_leads
