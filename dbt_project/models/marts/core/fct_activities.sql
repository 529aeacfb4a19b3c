with

activities as (

    select * from {{ ref('int_touches') }}

)

select
    activity_id,
    source_system,
    source_instance,
    kind,
    direction,
    status,
    occurred_at,
    occurred_at_precision,
    due_at,
    completed_at,
    created_at,
    rep_id,
    lead_id,
    contact_id,
    account_id,
    opportunity_id,
    cast(case when duration_minutes >= 0 then duration_minutes end as decimal(12, 2)) as duration_minutes,
    is_connected,
    is_automated,
    is_bulk_logged,
    is_touch,
    attempt_id,
    {{ as_of() }} as as_of
from activities
