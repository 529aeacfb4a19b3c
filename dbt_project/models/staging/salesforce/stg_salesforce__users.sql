with records as (
    select * from {{ landing_latest('salesforce', 'User') }}
),

final as (
    select
        {{ salesforce_record('Id') }} as user_id,
        {{ salesforce_id('ManagerId') }} as manager_id,

        "Name" as user_name,
        "FirstName" as first_name,
        "LastName" as last_name,
        "Email" as email,
        coalesce("Department", "Division") as team,
        "Title" as role,
        case when "UserType" <> 'Standard' then "UserType" end as user_kind,
        "TimeZoneSidKey" as time_zone,

        "IsActive" as is_active,

        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
