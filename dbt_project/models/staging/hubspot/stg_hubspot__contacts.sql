with people as (
    select * from {{ ref('stg_hubspot__people') }}
    where is_contact
),

companies as (
    select * from {{ ref('stg_hubspot__main_associated') }}
    where from_type = 'contacts'
),

merged as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'contacts'
),

final as (
    select
        {{ record_id('people._source_instance', 'people.id') }} as contact_id,
        coalesce(
            {{ record_id('people._source_instance', 'companies.company_id') }},
            {{ record_id('people._source_instance', 'people.associatedcompanyid') }}
        ) as account_id,
        {{ record_id('people._source_instance', 'merged.merged_into_id') }} as merged_into_id,
        people.hubspot_owner_id as owner_id,

        people.firstname as first_name,
        people.lastname as last_name,
        people.jobtitle as title,
        people.email,
        people.phone,
        people.mobilephone as mobile_phone,
        people.address as street,
        people.zip as postal_code,
        people.city,
        people.hs_analytics_source as lead_source,

        people.hs_email_optout as has_opted_out,

        coalesce(people.createdate, people."createdAt") as created_at,
        people."updatedAt" as modified_at,
        people._source_system as source_system,
        people._source_instance as source_instance,
        people._changed_at as changed_at,
        people._loaded_at as loaded_at
    from people
    left join companies
        on people._source_instance = companies._source_instance and people.id = companies.from_id
    left join merged
        on people._source_instance = merged._source_instance and people.id = merged.merged_id
)

select * from final
