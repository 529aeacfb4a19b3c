with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

quality as (
    select * from {{ ref('rpt_lead_quality') }}
    where verdict = 'trusted'
)

select
    quality.lead_id,
    quality.as_of,
    quality.source_system,
    quality.source_instance,
    leads.owner_id,
    leads.lead_source,
    leads.created_at,
    quality.verdict,
    quality.is_stale,
    quality.main_reason,
    quality.reasons,
    {{ contact_detail('leads.full_name') }} as contact_name,
    {{ contact_detail('leads.company') }} as contact_company,
    {{ contact_detail('leads.email') }} as contact_email,
    {{ contact_detail('leads.phone') }} as contact_phone,
    {{ contact_detail('leads.mobile_phone') }} as contact_mobile_phone
from quality
inner join leads on quality.lead_id = leads.lead_id
