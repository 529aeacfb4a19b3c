-- Every landed version of two kinds of leads: contacts that are or were one by their lifecycle stage, and
-- lead objects, which are a contact being worked and take its name and address from there.
with contacts as (
    select * from {{ landing_versions('hubspot', 'contacts') }}
),

lead_objects as (
    select * from {{ landing_versions('hubspot', 'leads') }}
),

people as (
    select * from {{ ref('stg_hubspot__people') }}
),

companies as (
    select * from {{ ref('stg_hubspot__main_associated') }}
),

merged as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'contacts'
),

stages as (
    select * from {{ ref('stg_hubspot__stage_names') }}
    where object_type = 'leads'
),

by_stage as (
    select
        contacts._source_instance,
        contacts.id,
        {{ hubspot_person('contacts', 'companies.company_id') }},
        people.lead_id,
        coalesce(contacts.hs_lead_status, contacts.lifecyclestage) as status,
        {{ record_id('contacts._source_instance', 'merged.merged_into_id') }} as merged_into_id,
        contacts.hubspot_owner_id as owner_id,
        contacts.hs_created_by_user_id as created_by_id,
        cast(null as varchar) as disqualified_reason,
        coalesce(contacts.lifecyclestage in ('opportunity', 'customer', 'evangelist'), false) as is_converted,
        coalesce(contacts.hs_lifecyclestage_opportunity_date, contacts.hs_lifecyclestage_customer_date)
            as converted_at,
        coalesce(contacts.createdate, contacts."createdAt") as created_at,
        contacts."updatedAt" as modified_at,
        contacts._is_latest,
        contacts._is_deleted or coalesce(contacts.archived, false) as is_deleted,
        contacts._source_system,
        contacts._changed_at,
        contacts._loaded_at
    from contacts
    inner join people
        on contacts._source_instance = people._source_instance and contacts.id = people.id and people.is_lead
    left join companies
        on contacts._source_instance = companies._source_instance
        and companies.from_type = 'contacts'
        and contacts.id = companies.from_id
    left join merged
        on contacts._source_instance = merged._source_instance and contacts.id = merged.merged_id
),

by_object as (
    select
        lead_objects._source_instance,
        lead_objects.id,
        {{ hubspot_person('people', 'coalesce(ends.company_id, companies.company_id)') }},
        {{ record_id('lead_objects._source_instance', 'lead_objects.id') }} as lead_id,
        coalesce(stages.stage_label, lead_objects.hs_pipeline_stage) as status,
        cast(null as varchar) as merged_into_id,
        lead_objects.hubspot_owner_id as owner_id,
        cast(null as varchar) as created_by_id,
        lead_objects.hs_lead_disqualification_reason as disqualified_reason,
        lower(coalesce(stages.stage_label, lead_objects.hs_pipeline_stage)) = 'qualified' as is_converted,
        cast(null as timestamp) as converted_at,
        coalesce(lead_objects.hs_createdate, lead_objects."createdAt") as created_at,
        lead_objects."updatedAt" as modified_at,
        lead_objects._is_latest,
        lead_objects._is_deleted or coalesce(lead_objects.archived, false) as is_deleted,
        lead_objects._source_system,
        lead_objects._changed_at,
        lead_objects._loaded_at
    from lead_objects
    left join companies as ends
        on lead_objects._source_instance = ends._source_instance
        and ends.from_type = 'leads'
        and lead_objects.id = ends.from_id
    left join people
        on lead_objects._source_instance = people._source_instance and ends.contact_id = people.id
    left join companies
        on people._source_instance = companies._source_instance
        and companies.from_type = 'contacts'
        and people.id = companies.from_id
    left join stages
        on lead_objects._source_instance = stages._source_instance
        and lead_objects.hs_pipeline = stages.pipeline_id
        and lead_objects.hs_pipeline_stage = stages.stage_id
),

every_lead as (
    select * from by_stage
    union all
    select * from by_object
)

select
    {{ all_but(['id', '_source_instance', '_source_system', '_is_latest', '_changed_at', '_loaded_at']) }},
    _is_latest as is_latest,
    {{ record_origin() }}
from every_lead
