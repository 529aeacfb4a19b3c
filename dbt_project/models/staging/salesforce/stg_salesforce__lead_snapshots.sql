with versions as (
    select * from {{ landing_versions('salesforce', 'Lead') }}
),

final as (
    select
        {{ salesforce_record('Id') }} as lead_id,
        -- a queue is nobody
        case when "OwnerId" not like '00G%' then {{ salesforce_id('OwnerId') }} end as owner_id,
        {{ salesforce_id('CreatedById') }} as created_by_id,
        {{ salesforce_record('ConvertedAccountId') }} as account_id,
        {{ salesforce_record('ConvertedContactId') }} as contact_id,
        {{ salesforce_record('ConvertedOpportunityId') }} as opportunity_id,
        {{ salesforce_record('MasterRecordId') }} as merged_into_id,

        "FirstName" as first_name,
        "LastName" as last_name,
        "Name" as full_name,
        "Title" as title,
        "Company" as company,
        "Email" as email,
        "Phone" as phone,
        "MobilePhone" as mobile_phone,
        "Street" as street,
        "PostalCode" as postal_code,
        "City" as city,
        "Country" as country,
        "Website" as website,
        "Industry" as industry,
        "NumberOfEmployees" as employees,
        "AnnualRevenue" as annual_revenue,
        "Status" as status,
        "LeadSource" as lead_source,
        "DisqualifiedReason__c" as disqualified_reason,

        "IsConverted" as is_converted,
        coalesce("HasOptedOutOfEmail" or "DoNotCall", "HasOptedOutOfEmail", "DoNotCall") as has_opted_out,

        "RecontactOn__c" as recontact_on,
        -- a day, whatever the zone of the times beside it: exports write those in UTC
        {{ reporting_day_start('"ConvertedDate"') }} as converted_at,
        "EmailBouncedDate" as email_bounced_at,
        "CreatedDate" as created_at,
        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,

        _is_latest as is_latest,
        _is_deleted or coalesce("IsDeleted", false) as is_deleted,
        {{ record_origin() }}
    from versions
)

select * from final
