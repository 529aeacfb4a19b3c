with records as (
    select * from {{ landing_latest('pipedrive', 'organizations') }}
    where not coalesce(is_deleted, false)
),

final as (
    select
        {{ record_id('_source_instance', 'id') }} as account_id,
        owner_id,
        name as account_name,
        industry,
        {{ json_text('address', 'country') }} as country,
        website,
        employee_count as employees,
        annual_revenue,
        add_time as created_at,
        update_time as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
