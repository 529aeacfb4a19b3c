-- leads_trusted and leads_quarantined are disjoint and together every lead.
with both_views as (
    select lead_id from {{ ref('leads_trusted') }}
    union all
    select lead_id from {{ ref('leads_quarantined') }}
),

counted as (
    select
        lead_id,
        count(*) as view_count
    from both_views
    group by lead_id
)

select
    leads.lead_id,
    counted.view_count
from {{ ref('int_leads_resolved') }} as leads
full outer join counted on leads.lead_id = counted.lead_id
where leads.lead_id is null or counted.view_count is distinct from 1
