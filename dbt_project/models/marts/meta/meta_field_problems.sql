with

problems as (

    select * from {{ ref('int_field_problems') }}

)

select
    source_instance,
    source_system as system,
    object,
    field,
    reason,
    cast(problem_count as bigint) as problem_count
from problems
where problem_count > 0
