with records as (
    select * from {{ landing_latest('salesforce', 'Contact') }}
    where not coalesce("IsDeleted", false)
),

final as (
    select
        {{ salesforce_record('Id') }} as contact_id,
        {{ salesforce_record('AccountId') }} as account_id,
        {{ salesforce_id('OwnerId') }} as owner_id,
        {{ salesforce_record('MasterRecordId') }} as merged_into_id,

        "FirstName" as first_name,
        "LastName" as last_name,
        "Name" as full_name,
        "Title" as title,
        "Email" as email,
        "Phone" as phone,
        "MobilePhone" as mobile_phone,
        "MailingStreet" as street,
        "MailingPostalCode" as postal_code,
        "MailingCity" as city,
        "LeadSource" as lead_source,

        coalesce("HasOptedOutOfEmail" or "DoNotCall", "HasOptedOutOfEmail", "DoNotCall") as has_opted_out,

        "Birthdate" as birth_date,
        "EmailBouncedDate" as email_bounced_at,
        "CreatedDate" as created_at,
        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
