with companies as (
    select * from {{ landing_latest('hubspot', 'companies') }}
    where not coalesce(archived, false)
),

merged as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'companies'
),

final as (
    select
        {{ record_id('companies._source_instance', 'companies.id') }} as account_id,
        {{ record_id('companies._source_instance', 'merged.merged_into_id') }} as merged_into_id,
        companies.hubspot_owner_id as owner_id,

        companies.name as account_name,
        companies.industry,
        companies.country,
        coalesce(companies.website, companies.domain) as website,
        companies.type as account_type,

        companies.numberofemployees as employees,
        companies.annualrevenue as annual_revenue,

        case when companies.lifecyclestage in ('customer', 'evangelist') then true end as is_customer,

        coalesce(companies.createdate, companies."createdAt") as created_at,
        companies."updatedAt" as modified_at,
        companies._source_system as source_system,
        companies._source_instance as source_instance,
        companies._changed_at as changed_at,
        companies._loaded_at as loaded_at
    from companies
    left join merged
        on companies._source_instance = merged._source_instance and companies.id = merged.merged_id
)

select * from final
