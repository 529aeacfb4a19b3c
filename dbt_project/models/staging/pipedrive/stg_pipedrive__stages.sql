with records as (
    select * from {{ ref('stg_pipedrive__stage_names') }}
),

final as (
    select
        {{ record_id('_source_instance', 'id') }} as stage_id,
        {{ record_id('_source_instance', 'pipeline_id') }} as pipeline_id,
        name as stage,
        order_nr as stage_order,
        deal_probability as default_probability,
        -- deals are decided by their status, in whatever stage they stand
        false as is_closed,
        false as is_won,
        {{ record_origin() }}
    from records
)

select * from final
