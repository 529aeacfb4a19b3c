-- Grain: live contact. A contact is a lead until its lifecycle stage says that it became more, and is
-- then a contact: nobody is both, or every lead would look like the duplicate of a contact. One with a
-- lead object of its own is that lead.
with contacts as (
    select * from {{ landing_latest('hubspot', 'contacts') }}
    where not coalesce(archived, false)
),

lead_objects as (
    select
        associated._source_instance,
        associated.to_id as contact_id,
        max(associated.from_id) as lead_object_id
    from {{ ref('stg_hubspot__associated') }} as associated
    inner join {{ landing_latest('hubspot', 'leads') }} as leads
        on associated._source_instance = leads._source_instance and associated.from_id = leads.id
    where
        associated.from_type = 'leads' and associated.to_type = 'contacts'
        and associated.is_main and not coalesce(leads.archived, false)
    group by 1, 2
),

judged as (
    select
        contacts.*,
        lead_objects.lead_object_id,
        coalesce(contacts.lifecyclestage in ('opportunity', 'customer', 'evangelist'), false) as is_converted,
        coalesce(
            contacts.lifecyclestage in ('subscriber', 'lead', 'marketingqualifiedlead', 'salesqualifiedlead'),
            false
        )
        or contacts.hs_lead_status is not null
        or contacts.hs_lifecyclestage_lead_date is not null as was_lead
    from contacts
    left join lead_objects
        on contacts._source_instance = lead_objects._source_instance and contacts.id = lead_objects.contact_id
)

select
    *,
    was_lead and lead_object_id is null as is_lead,
    is_converted or not (was_lead or lead_object_id is not null) as is_contact,
    case
        when lead_object_id is not null then {{ record_id('_source_instance', 'lead_object_id') }}
        when was_lead then {{ record_id('_source_instance', "'contact-' || id") }}
    end as lead_id
from judged
