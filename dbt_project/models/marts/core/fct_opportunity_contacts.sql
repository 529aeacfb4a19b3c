with

roles as (

    select * from {{ ref('int_opportunity_contacts_unioned') }}

),

deals as (

    select * from {{ ref('int_opportunities_resolved') }}

),

stated as (

    select
        opportunity_id,
        contact_id,
        contact_role,
        is_primary
    from roles
    where contact_id is not null
    union all
    -- the main contact stands on the deal itself in CRMs without roles
    select
        opportunity_id,
        contact_id,
        null as contact_role,
        true as is_primary
    from deals
    where contact_id is not null

)

select
    deals.source_system,
    deals.source_instance,
    stated.opportunity_id,
    stated.contact_id,
    min(stated.contact_role) as contact_role,
    max(case when stated.is_primary then 1 else 0 end) = 1 as is_primary,
    {{ as_of() }} as as_of
from stated
inner join deals on stated.opportunity_id = deals.opportunity_id
group by deals.source_system, deals.source_instance, stated.opportunity_id, stated.contact_id
