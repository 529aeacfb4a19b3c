with

stages as (

    select * from {{ ref('int_stages_resolved') }}

)

select
    source_system,
    source_instance,
    pipeline_id,
    stage,
    stage_order,
    default_probability,
    is_closed,
    is_won,
    outcome,
    is_declared,
    pipeline_id || '|' || stage as stage_key
from stages
