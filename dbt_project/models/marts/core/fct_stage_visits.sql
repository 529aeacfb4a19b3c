with

visits as (

    select * from {{ ref('int_stage_visits') }}

)

select
    opportunity_id,
    visit_number,
    source_system,
    source_instance,
    pipeline_id,
    stage,
    stage_order,
    is_closed_stage,
    owner_id,
    amount_at_entry,
    entered_at,
    exited_at,
    days_in_stage,
    exit_kind,
    next_stage,
    is_current,
    {{ as_of() }} as as_of
from visits
