with

stages as (

    select * from {{ ref('int_stages_resolved') }}

)

select
    pipeline_id || '|' || stage as stage_key,
    source_system,
    source_instance,
    pipeline_id,
    stage,
    stage_order,
    default_probability,
    is_closed,
    is_won,
    outcome,
    is_declared
from stages
