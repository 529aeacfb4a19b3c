-- Grain: lead, or contact that no lead was converted to (that contact is the lead). What a person can be
-- recognised by: the mailbox, and name, company and telephone number together. Some CRMs export that a
-- lead was converted and not to whom: then it is the contact with the same address.
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

accounts as (
    select
        account_id,
        account_name
    from {{ ref('int_accounts_resolved') }}
),

persons as (
    select
        'lead' as record_type,
        lead_id as record_id,
        contact_id,
        created_at,
        email,
        full_name,
        company,
        coalesce(phone, mobile_phone) as phone
    from leads
    union all
    select
        'contact' as record_type,
        contacts.contact_id as record_id,
        contacts.contact_id,
        contacts.created_at,
        contacts.email,
        contacts.full_name,
        accounts.account_name as company,
        coalesce(contacts.phone, contacts.mobile_phone) as phone
    from contacts
    left join accounts on contacts.account_id = accounts.account_id
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
    where
        addresses.mailbox is not null and roles.local_part is null and placeholders.value is null
        and domains.reserved_parent is null
),

compared as (
    select
        persons.*,
        mailboxes.mailbox,
        mailboxes.is_disposable,
        {{ comparable_name('persons.full_name') }} as name_text,
        {{ comparable_text('persons.company') }} as company_text,
        right({{ regex_replace('persons.phone', '[^0-9]', '') }}, 9) as line
    from persons
    left join mailboxes on persons.email = mailboxes.email
),

final as (
    select
        record_type,
        record_id,
        contact_id,
        mailbox,
        record_type || '|' || record_id as record_key,
        row_number() over (order by created_at asc nulls last, record_type desc, record_id asc) as age_rank,
        coalesce(is_disposable, false) as has_disposable_mailbox,
        case when length(line) >= 7 then name_text || '|' || company_text || '|' || line end as business_card
    from compared
)

select * from final
