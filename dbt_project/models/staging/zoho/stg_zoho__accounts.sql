with records as (
    select * from {{ landing_latest('zoho', 'Accounts') }}
),

final as (
    select
        {{ zoho_reference(['"Record Id"', '"ACCOUNTID"']) }} as account_id,
        coalesce({{ zoho_user('"Account Owner.id"') }}, "Account Owner Id", "Account Owner") as owner_id,

        "Account Name" as account_name,
        "Account Type" as account_type,
        "Industry" as industry,
        "Website" as website,
        "Billing Country" as country,

        "Employees" as employees,
        "Annual Revenue" as annual_revenue,

        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
