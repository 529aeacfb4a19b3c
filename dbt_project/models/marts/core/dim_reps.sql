with

reps as (

    select * from {{ ref('int_reps_resolved') }}

)

select
    rep_id,
    source_system,
    source_instance,
    rep_name,
    manager_id,
    team,
    role,
    is_active,
    time_zone,
    cast(working_hours_per_week as decimal(9, 2)) as working_hours_per_week,
    hired_on,
    is_matched
from reps
