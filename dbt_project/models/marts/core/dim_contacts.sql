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

    select
        contacts.contact_id,
        min_by(words.seniority, words.priority) as seniority
    from contacts
    inner join {{ ref('title_seniority_words') }} as words
        on ' ' || lower(contacts.title) || ' ' like '%' || words.word || '%'
    group by contacts.contact_id

)

select
    contacts.contact_id,
    contacts.source_system,
    contacts.source_instance,
    contacts.account_id,
    contacts.owner_id,
    contacts.lead_source,
    contacts.created_at,
    case
        when not fields.is_known then null
        when coalesce(contacts.has_opted_out, false) then false
        else
            (contacts.email is not null and contacts.email_bounced_at is null)
            or contacts.phone is not null
            or contacts.mobile_phone is not null
    end as is_reachable,
    case when contacts.title is not null then coalesce(seniorities.seniority, 'staff') end as seniority,
    coalesce(contacts.has_opted_out, false) as has_opted_out,
    contacts.email_bounced_at is not null as has_bounced
from contacts
inner join reachable_fields as fields on contacts.source_instance = fields.source_instance
left join seniorities on contacts.contact_id = seniorities.contact_id
