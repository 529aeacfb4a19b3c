with

unreadable as (

    select * from {{ ref('int_field_problems') }}

),

-- what so many leads of a source share that it is the source's own defect
shared_by_leads as (

    select * from {{ ref('int_lead_source_problems') }}

),

unreadable_schedules as (

    select * from {{ ref('int_unreadable_schedules') }}

),

unknown_references as (

    select * from {{ ref('int_reference_problems') }}

),

unknown_reps as (

    select * from {{ ref('int_rep_problems') }}

)

select
    source_instance as source,
    source_system as system,
    object,
    field,
    reason,
    cast(sum(problem_count) as bigint) as count
from unreadable
where field is not null
group by source_instance, source_system, object, field, reason

union all

select
    source_instance as source,
    source_system as system,
    object,
    field,
    reason,
    cast(problem_count as bigint) as count
from shared_by_leads

union all

select
    source_instance as source,
    source_system as system,
    object,
    field,
    reason,
    cast(problem_count as bigint) as count
from unreadable_schedules

union all

select
    source_instance as source,
    source_system as system,
    object,
    field,
    reason,
    cast(problem_count as bigint) as count
from unknown_references

union all

select
    source_instance as source,
    source_system as system,
    object,
    field,
    reason,
    cast(problem_count as bigint) as count
from unknown_reps
