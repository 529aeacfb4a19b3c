with stages as (
    select * from {{ ref('stg_hubspot__stage_names') }}
    where object_type = 'deals'
),

final as (
    select
        {{ record_id('_source_instance', "pipeline_id || '/' || stage_id") }} as stage_id,
        {{ record_id('_source_instance', 'pipeline_id') }} as pipeline_id,
        stage_label as stage,
        stage_order,
        probability as default_probability,
        is_closed,
        is_closed and probability = 1 as is_won,
        {{ record_origin() }}
    from stages
)

select * from final
