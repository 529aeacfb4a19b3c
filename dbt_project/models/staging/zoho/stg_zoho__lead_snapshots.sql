with versions as (
    select * from {{ landing_versions('zoho', 'Leads') }}
),

final as (
    select
        {{ zoho_reference('"LEADID"') }} as lead_id,
        coalesce("Lead Owner Id", "Lead Owner") as owner_id,
        "Created By" as created_by_id,
        -- the deal that a lead was converted to bears the lead's id
        case when "CONVERTED" then {{ zoho_reference('"LEADID"') }} end as opportunity_id,

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
        "No of Employees" as employees,
        "Annual Revenue" as annual_revenue,
        "Lead Status" as status,
        "Lead Source" as lead_source,

        "CONVERTED" as is_converted,
        "Email Opt Out" as has_opted_out,

        "Created Time" as created_at,
        "Modified Time" as modified_at,

        _is_latest as is_latest,
        _is_deleted as is_deleted,
        {{ record_origin() }}
    from versions
)

select * from final
