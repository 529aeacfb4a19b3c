with

deals as (

    select * from {{ ref('int_opportunities_current') }}

),

features as (

    select * from {{ ref('int_source_features') }}

),

rot as (

    select
        checks.opportunity_id,
        max(case when checks.is_flagged then 1 else 0 end) = 1 as is_rotten
    from {{ ref('int_deal_checks') }} as checks
    inner join {{ ref('deal_flag_rules') }} as rules on checks.flag = rules.flag
    where rules.is_rotten
    group by checks.opportunity_id

)

select
    deals.opportunity_id,
    deals.source_system,
    deals.source_instance,
    deals.opportunity_name,
    deals.account_id,
    deals.contact_id,
    deals.lead_id,
    deals.owner_id,
    deals.pipeline_id,
    deals.opportunity_type,
    deals.segment,
    deals.lead_source,
    deals.product,
    deals.stage,
    deals.stage_order,
    deals.amount,
    deals.amount_native,
    deals.currency,
    deals.list_amount,
    deals.discount_rate,
    deals.probability,
    deals.forecast_category,
    deals.is_eligible,
    deals.created_at,
    {{ reporting_date('deals.created_at') }} as created_date,
    deals.close_date,
    deals.closed_at,
    {{ reporting_date('deals.closed_at') }} as closed_date,
    deals.outcome,
    deals.outcome = 'open' and deals.close_date < {{ as_of_date() }} as is_overdue,
    case when deals.outcome = 'open' then rot.is_rotten end as is_rotten,
    case when deals.outcome <> 'open' and features.has_no_decisions then deals.outcome = 'no_decision' end
        as is_no_decision,
    deals.loss_reason,
    deals.next_step,
    deals.reviewed_at,
    deals.touches,
    deals.last_touch_at,
    deals.has_full_history,
    deals.push_count,
    deals.days_pushed,
    deals.age_days,
    deals.first_landed_at,
    {{ as_of() }} as as_of
from deals
left join features on deals.source_instance = features.source_instance
left join rot on deals.opportunity_id = rot.opportunity_id
