with

contacts as (

    select * from {{ ref('int_contacts_resolved') }}

),

-- whether the source lands addresses or numbers at all
reachable_fields as (

    select
        source_instance,
        max(case when email is not null or phone is not null or mobile_phone is not null then 1 else 0 end)
        = 1
            as is_known
    from contacts
    group by source_instance

),

seniorities as (

    select * from {{ ref('int_contact_seniorities') }}

)

select
    contacts.contact_id,
    contacts.source_system,
    contacts.source_instance,
    contacts.account_id,
    contacts.owner_id,
    contacts.lead_source,
    contacts.created_at,
    seniorities.seniority,
    case
        when not fields.is_known then null
        when coalesce(contacts.has_opted_out, false) then false
        else
            (contacts.email is not null and contacts.email_bounced_at is null)
            or contacts.phone is not null
            or contacts.mobile_phone is not null
    end as is_reachable,
    coalesce(contacts.has_opted_out, false) as has_opted_out,
    contacts.email_bounced_at is not null as has_bounced
from contacts
inner join reachable_fields as fields on contacts.source_instance = fields.source_instance
left join seniorities on contacts.contact_id = seniorities.contact_id
