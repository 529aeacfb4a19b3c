-- Grain: source instance × problem that its leads share, which is therefore the source's own.
with problems as (
    select * from {{ ref('int_lead_date_problems') }}
    where is_source_defect
)

select
    source_system,
    source_instance,
    'lead' as object,
    'created_at' as field,
    'impossible_dates' as code,
    max(problem_count) as problem_count,
    max(evaluated_count) as evaluated_count,
    cast(max(problem_count) as varchar) || ' of ' || cast(max(evaluated_count) as varchar)
    || ' leads have dates that cannot be true (most often: ' || mode(problem)
    || '). This is how the source writes dates, so no lead is flagged for it.' as reason
from problems
group by source_system, source_instance
