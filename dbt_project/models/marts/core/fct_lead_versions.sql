with

versions as (

    select * from {{ ref('int_lead_versions') }}

),

leads as (

    select * from {{ ref('int_leads_resolved') }}

)

select
    versions.lead_id,
    versions.version_number,
    versions.valid_from,
    versions.valid_to,
    leads.source_system,
    leads.source_instance,
    versions.status,
    versions.owner_id,
    versions.valid_to is null as is_current,
    versions.is_removed_next as is_ended_by_removal,
    versions.change_source,
    {{ as_of() }} as as_of
from versions
inner join leads on versions.lead_id = leads.lead_id
