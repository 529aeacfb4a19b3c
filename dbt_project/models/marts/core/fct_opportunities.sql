with

deals as (

    select * from {{ ref('int_opportunities_current') }}

)

select
    opportunity_id,
    source_system,
    source_instance,
    opportunity_name,
    account_id,
    contact_id,
    lead_id,
    owner_id,
    pipeline_id,
    opportunity_type,
    segment,
    lead_source,
    product,
    stage,
    stage_order,
    amount,
    amount_native,
    currency,
    list_amount,
    discount_rate,
    probability,
    forecast_category,
    is_eligible,
    created_at,
    close_date,
    closed_at,
    outcome,
    loss_reason,
    next_step,
    reviewed_at,
    touches,
    last_touch_at,
    has_full_history,
    push_count,
    days_pushed,
    age_days,
    first_landed_at,
    {{ as_of() }} as as_of
from deals
