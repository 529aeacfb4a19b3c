with records as (
    select * from {{ landing_latest('zoho', 'Users') }}
),

final as (
    select
        {{ zoho_reference('"USER_ID"') }} as user_id,

        "First Name" as first_name,
        "Last Name" as last_name,
        "Email" as email,
        "Role" as role,

        case lower("Status") when 'active' then true when 'inactive' then false end as is_active,
        {{ record_origin() }}
    from records
)

select * from final
