with records as (
    select * from {{ landing_latest('zoho', 'Users') }}
),

final as (
    select
        {{ zoho_reference(zoho_user('coalesce("USER_ID", "id", "Record Id")')) }} as user_id,

        "First Name" as first_name,
        "Last Name" as last_name,
        "Email" as email,
        coalesce("Role", "Profile") as role,
        case
            when {{ comparable_text('coalesce("Category", "User Type")') }}
                not in ('regular user', 'regular', 'standard user', 'standard')
                then lower(coalesce("Category", "User Type"))
            when
                ' ' || {{ comparable_text('"Profile"') }} || ' ' like '% integration %'
                or ' ' || {{ comparable_text('"Role"') }} || ' ' like '% integration %'
                then 'integration'
        end as user_kind,

        case lower("Status") when 'active' then true when 'inactive' then false end as is_active,
        {{ record_origin() }}
    from records
)

select * from final
