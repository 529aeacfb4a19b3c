with records as (
    select * from {{ landing_latest('pipedrive', 'users') }}
),

final as (
    select
        {{ record_id('_source_instance', 'id') }} as user_id,
        name as user_name,
        email,
        timezone_name as time_zone,
        active_flag as is_active,
        {{ parse_timestamp('modified') }} as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
