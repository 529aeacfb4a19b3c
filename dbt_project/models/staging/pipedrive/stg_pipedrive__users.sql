-- What a user may do with deals is the kind of user: one who may nothing sells nothing.
with records as (
    select * from {{ landing_latest('pipedrive', 'users') }}
),

apps as (
    select
        _source_instance,
        _record_key,
        {{ rows_of_json('access') }} as app
    from records
),

rights as (
    select
        _source_instance,
        _record_key,
        max(case when {{ json_text('app', 'app') }} = 'sales' then 1 else 0 end) = 1 as is_seller,
        max(
            case
                when
                    {{ json_text('app', 'app') }} = 'sales'
                    and {{ json_text('app', 'admin') }} in ('true', '1')
                    then 1
                else 0
            end
        ) = 1 as is_admin
    from apps
    group by 1, 2
),

joined as (
    select
        records.*,
        rights.is_seller,
        rights.is_admin
    from records
    left join rights
        on records._source_instance = rights._source_instance and records._record_key = rights._record_key
),

final as (
    select
        {{ record_id('_source_instance', 'id') }} as user_id,
        name as user_name,
        email,
        timezone_name as time_zone,
        case when is_admin then 'Admin' when is_seller then 'Regular user' end as role,
        case when not is_seller then 'no_sales_access' end as user_kind,
        active_flag and not coalesce(is_deleted, false) as is_active,
        {{ parse_timestamp('modified') }} as modified_at,
        {{ record_origin() }}
    from joined
)

select * from final
