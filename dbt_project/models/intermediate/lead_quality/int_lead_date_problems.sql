-- Grain: lead whose dates cannot be true. Where more than half of a source instance has it, it is how
-- that source writes dates: one problem of the source (is_source_defect), no flags on its leads.
with limits as (
    select * from {{ lead_limits() }}
),

leads as (
    select
        leads.*,
        limits.source_defect_share,
        {{ dbt.dateadd('hour', '-cast(limits.date_tolerance_hours as integer)', 'leads.created_at') }}
            as earliest_at,
        {{ dbt.dateadd('hour', 'cast(limits.date_tolerance_hours as integer)', known_at()) }} as latest_at
    from {{ ref('int_leads_resolved') }} as leads
    cross join limits
),

judged as (
    select
        lead_id,
        source_system,
        source_instance,
        created_at,
        modified_at,
        converted_at,
        source_defect_share,
        case
            when created_at > latest_at then 'created in the future'
            when modified_at < earliest_at then 'modified before it was created'
            when converted_at < earliest_at then 'converted before it was created'
        end as problem
    from leads
),

with_share as (
    select
        *,
        count(problem) over (partition by source_instance) as problem_count,
        count(created_at) over (partition by source_instance) as evaluated_count
    from judged
),

final as (
    select
        lead_id,
        source_system,
        source_instance,
        created_at,
        modified_at,
        converted_at,
        problem,
        problem_count,
        evaluated_count,
        problem_count > source_defect_share * evaluated_count as is_source_defect
    from with_share
    where problem is not null
)

select * from final
