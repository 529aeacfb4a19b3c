-- Grain: lead, or contact that no lead was converted to (that contact is the lead), with its mailbox and its
-- place by age. Some CRMs export that a lead was converted and not to whom: then it is the contact with the
-- same address.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

converted_to as (
    select contact_id from leads
    where contact_id is not null
    union
    select contacts.contact_id
    from {{ ref('int_contacts_resolved') }} as contacts
    inner join leads
        on contacts.source_instance = leads.source_instance and lower(contacts.email) = lower(leads.email)
    where leads.is_converted and leads.contact_id is null
),

contacts as (
    select contacts.*
    from {{ ref('int_contacts_resolved') }} as contacts
    left join converted_to on contacts.contact_id = converted_to.contact_id
    where converted_to.contact_id is null
),

persons as (
    select
        'lead' as record_type,
        lead_id as record_id,
        contact_id,
        created_at,
        email
    from leads
    union all
    select
        'contact' as record_type,
        contact_id as record_id,
        contact_id,
        created_at,
        email
    from contacts
),

words as (
    select
        email,
        {{ rows_of_words("translate(local_part, '._+-0123456789', '              ')") }} as word
    from {{ ref('int_email_addresses') }}
    where problem is null
),

functions as (
    select local_part as word from {{ ref('role_local_parts') }}
    union distinct
    select value as word from {{ ref('lead_placeholder_values') }}
    where field = 'email_word'
),

-- sales-uk@, info2@, reception.hq@; two and three letters may be initials (it, hr, ap)
shared as (
    select distinct words.email
    from words
    inner join functions on words.word = functions.word
    where length(words.word) >= 4
),

-- a mailbox of a function or a placeholder is no one's
mailboxes as (
    select
        addresses.email,
        addresses.mailbox,
        domains.is_disposable
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    left join {{ ref('role_local_parts') }} as roles on addresses.local_part = roles.local_part
    left join {{ ref('lead_placeholder_values') }} as placeholders
        on addresses.local_part = placeholders.value and placeholders.field = 'email_local'
    left join shared on addresses.email = shared.email
    where
        addresses.mailbox is not null and roles.local_part is null and placeholders.value is null
        and shared.email is null and domains.reserved_parent is null
),

final as (
    select
        persons.record_type,
        persons.record_id,
        persons.contact_id,
        mailboxes.mailbox,
        persons.record_type || '|' || persons.record_id as record_key,
        row_number() over (
            order by persons.created_at asc nulls last, persons.record_type desc, persons.record_id asc
        ) as age_rank,
        coalesce(mailboxes.is_disposable, false) as has_disposable_mailbox
    from persons
    left join mailboxes on persons.email = mailboxes.email
)

select * from final
