-- A column of dates or times of which no value can be read: what depends on it would be missing without a
-- word. What it holds is in int_field_problems.sample. Fewer than five values may be slips of a hand.
with

counted as (

    select
        source_instance,
        source_system,
        object,
        coalesce(filled_field, field) as field,
        sum(filled_count) as filled_count,
        sum(case when reason = 'unreadable' then problem_count end) as unreadable_count
    from {{ ref('int_field_problems') }}
    group by source_instance, source_system, object, coalesce(filled_field, field)

)

select * from counted
where filled_count >= 5 and unreadable_count = filled_count
