with records as (
    select * from {{ landing_latest('zoho', 'Contacts') }}
),

final as (
    select
        {{ zoho_reference(['"Record Id"', '"CONTACTID"']) }} as contact_id,
        {{ zoho_reference(['"Account Name.id"', '"Account Id"']) }} as account_id,
        coalesce({{ zoho_user('"Contact Owner.id"') }}, "Contact Owner Id", "Contact Owner") as owner_id,

        "First Name" as first_name,
        "Last Name" as last_name,
        "Title" as title,
        "Email" as email,
        "Phone" as phone,
        "Mobile" as mobile_phone,
        "Mailing Street" as street,
        "Mailing Zip" as postal_code,
        "Mailing City" as city,
        "Lead Source" as lead_source,

        "Email Opt Out" as has_opted_out,

        "Date of Birth" as birth_date,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
