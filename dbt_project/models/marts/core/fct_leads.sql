with

leads as (

    select * from {{ ref('int_leads_resolved') }}

),

quality as (

    select * from {{ ref('rpt_lead_quality') }}

),

-- a source whose activities name none of its leads does not say that they are untouched
evaluated as (

    select source_instance
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'fct_leads' and column_or_rule = 'touches' and is_evaluated

),

first_landings as (

    select
        lead_id,
        min(loaded_at) as first_landed_at
    from {{ ref('int_lead_snapshots_unioned') }}
    group by lead_id

),

touches as (

    select
        lead_id,
        count(*) as touches,
        min(occurred_at) as first_touch_at,
        max(occurred_at) as last_touch_at
    from (
        select lead_id, occurred_at from {{ ref('int_touches') }}
        where is_touch
        union all
        select lead_id, occurred_at from {{ ref('int_meeting_touches') }}
    ) as every_touch
    where lead_id is not null
    group by lead_id

)

select
    leads.lead_id,
    leads.source_system,
    leads.source_instance,
    leads.owner_id,
    {{ record_id('leads.source_instance', 'leads.created_by_id') }} as created_by_id,
    leads.status,
    leads.status_group,
    leads.lead_source,
    leads.industry,
    leads.employees,
    leads.country,
    leads.disqualified_reason,
    leads.created_at,
    leads.is_converted,
    leads.converted_at,
    leads.account_id,
    leads.contact_id,
    leads.opportunity_id,
    leads.recontact_on,
    leads.has_opted_out,
    leads.email_bounced_at is not null as has_bounced,
    case when evaluated.source_instance is not null then touches.first_touch_at end as first_touch_at,
    case when evaluated.source_instance is not null then touches.last_touch_at end as last_touch_at,
    case when evaluated.source_instance is not null then coalesce(touches.touches, 0) end as touches,
    {{ dbt.datediff(reporting_date('leads.created_at'), as_of_date(), 'day') }} as age_days,
    quality.verdict,
    quality.is_stale,
    first_landings.first_landed_at,
    {{ as_of() }} as as_of
from leads
left join quality on leads.lead_id = quality.lead_id
left join evaluated on leads.source_instance = evaluated.source_instance
left join first_landings on leads.lead_id = first_landings.lead_id
left join touches on leads.lead_id = touches.lead_id
