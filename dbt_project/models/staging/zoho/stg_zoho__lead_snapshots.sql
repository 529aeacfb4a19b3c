with versions as (
    select * from {{ landing_versions('zoho', 'Leads') }}
),

final as (
    select
        {{ zoho_reference(['"Record Id"', '"LEADID"']) }} as lead_id,
        coalesce({{ zoho_user('"Lead Owner.id"') }}, "Lead Owner Id", "Lead Owner") as owner_id,
        coalesce({{ zoho_user('"Created By.id"') }}, "Created By") as created_by_id,
        -- in older exports the deal that a lead was converted to bears the lead's id
        coalesce(
            {{ zoho_reference('"Converted Deal.id"') }},
            case when "CONVERTED" then {{ zoho_reference('"LEADID"') }} end
        ) as opportunity_id,
        {{ zoho_reference('"Converted Account.id"') }} as account_id,
        {{ zoho_reference('"Converted Contact.id"') }} as contact_id,

        "First Name" as first_name,
        "Last Name" as last_name,
        "Title" as title,
        "Company" as company,
        "Email" as email,
        "Phone" as phone,
        "Mobile" as mobile_phone,
        "Street" as street,
        "Zip Code" as postal_code,
        "City" as city,
        "Country" as country,
        "Website" as website,
        "Industry" as industry,
        coalesce("No. of Employees", "No of Employees") as employees,
        "Annual Revenue" as annual_revenue,
        "Lead Status" as status,
        "Lead Source" as lead_source,

        coalesce("Is Converted", "CONVERTED") as is_converted,
        "Email Opt Out" as has_opted_out,

        "Converted Date Time" as converted_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,

        _is_latest as is_latest,
        _is_deleted as is_deleted,
        {{ record_origin() }}
    from versions
)

select * from final
