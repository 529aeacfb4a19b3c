-- A lead that became a deal leaves the listing, as a deleted one does: the deal tells them apart, and the
-- last version that landed stays.
with versions as (
    select * from {{ landing_versions('pipedrive', 'leads') }}
),

deleted as (
    select _source_instance, _record_key from versions
    where _is_latest and _is_deleted
),

deals as (
    select
        _source_instance,
        source_lead_id,
        min(id) as deal_id,
        min(add_time) as converted_at
    from {{ landing_latest('pipedrive', 'deals') }}
    where source_lead_id is not null
    group by 1, 2
),

persons as (
    select * from {{ landing_latest('pipedrive', 'persons') }}
),

organizations as (
    select * from {{ landing_latest('pipedrive', 'organizations') }}
),

filled as (
    select
        *,
        row_number() over (
            partition by _source_instance, _record_key
            order by _is_latest desc, _changed_at desc, _loaded_at desc, _source_row desc
        ) = 1 as is_last
    from versions
    where not _is_deleted
),

final as (
    select
        {{ record_id('filled._source_instance', 'filled.id') }} as lead_id,
        {{ record_id('filled._source_instance', 'deals.deal_id') }} as opportunity_id,
        {{ record_id('filled._source_instance', 'filled.person_id') }} as contact_id,
        {{ record_id('filled._source_instance', 'filled.organization_id') }} as account_id,
        filled.owner_id,
        filled.creator_id as created_by_id,

        {{ pipedrive_person('persons') }},
        organizations.name as company,
        {{ json_text('organizations.address', 'country') }} as country,
        organizations.website,
        organizations.industry,
        case
            when deals.deal_id is not null then 'converted'
            when filled.is_archived then 'archived'
            else 'open'
        end as status,
        coalesce(filled.source_name, filled.origin) as lead_source,

        organizations.employee_count as employees,
        organizations.annual_revenue,
        deals.deal_id is not null as is_converted,

        deals.converted_at,
        filled.add_time as created_at,
        filled.update_time as modified_at,

        filled.is_last as is_latest,
        deleted._record_key is not null and deals.deal_id is null as is_deleted,
        filled._source_system as source_system,
        filled._source_instance as source_instance,
        filled._changed_at as changed_at,
        filled._loaded_at as loaded_at
    from filled
    left join deleted
        on filled._source_instance = deleted._source_instance and filled._record_key = deleted._record_key
    left join deals
        on filled._source_instance = deals._source_instance and filled.id = deals.source_lead_id
    left join persons
        on filled._source_instance = persons._source_instance and filled.person_id = persons.id
    left join organizations
        on filled._source_instance = organizations._source_instance
        and coalesce(filled.organization_id, persons.org_id) = organizations.id
)

select * from final
