-- One that was merged is deleted, and tells which account it is now: what still names it means that one.
with records as (
    select * from {{ landing_latest('salesforce', 'Account') }}
    where not coalesce("IsDeleted", false) or {{ salesforce_id('MasterRecordId') }} is not null
),

final as (
    select
        {{ salesforce_record('Id') }} as account_id,
        {{ salesforce_id('OwnerId') }} as owner_id,
        {{ salesforce_record('MasterRecordId') }} as merged_into_id,

        "Name" as account_name,
        "Type" as account_type,
        "Industry" as industry,
        "Website" as website,
        "BillingCountry" as country,
        "CurrencyIsoCode" as currency,

        "IsPersonAccount" as is_person,

        "NumberOfEmployees" as employees,
        "AnnualRevenue" as annual_revenue,

        "CreatedDate" as created_at,
        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
