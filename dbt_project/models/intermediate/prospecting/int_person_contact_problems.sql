-- Grain: person (lead, or contact) of whom a way to be reached is known to be bad: over that channel no
-- effort could have succeeded. A role account is no problem, somebody reads it.
with flags as (
    select
        lead_id as person_id,
        'lead' as person_type,
        flag,
        since
    from {{ ref('int_lead_flags') }}
    where flag in (
            'email_bounced', 'contact_left', 'email_syntax', 'email_placeholder', 'email_disposable',
            'email_no_domain', 'phone_invalid', 'phone_placeholder'
        )
        and exempted_until is null
),

contacts as (
    select * from {{ ref('int_contacts_resolved') }}
),

-- whether the source lands addresses or numbers at all
landed as (
    select source_instance
    from contacts
    group by source_instance
    having count(coalesce(email, phone, mobile_phone)) > 0
),

problems as (
    select
        person_id,
        person_type,
        flag as problem,
        since
    from flags
    union all
    select
        contact_id as person_id,
        'contact' as person_type,
        'email_bounced' as problem,
        email_bounced_at as since
    from contacts
    where email_bounced_at <= {{ as_of() }}
    union all
    select
        contacts.contact_id as person_id,
        'contact' as person_type,
        'no_address_or_number' as problem,
        contacts.created_at as since
    from contacts
    inner join landed on contacts.source_instance = landed.source_instance
    where coalesce(contacts.email, contacts.phone, contacts.mobile_phone) is null
)

select
    person_id,
    person_type,
    {{ dbt.listagg('problem', "', '", 'order by problem') }} as problems,
    min(since) as since
from problems
group by person_id, person_type
