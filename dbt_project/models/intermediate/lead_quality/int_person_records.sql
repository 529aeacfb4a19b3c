-- Grain: lead, or contact that is none (one that a lead is about or was converted to is that lead), with
-- its mailbox and its place by age. Some CRMs export that a lead was converted and not to whom: then it is
-- the contact with the same address.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

converted_to as (
    select own_contact_id as contact_id from leads
    where own_contact_id is not null
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
        email,
        full_name
    from leads
    union all
    select
        'contact' as record_type,
        contact_id as record_id,
        contact_id,
        created_at,
        email,
        full_name
    from contacts
),

words as (
    select
        email,
        {{ rows_of_words("translate(local_part, '._+-0123456789', '              ')") }} as word
    from {{ ref('int_email_addresses') }}
    where problem is null
),

-- two and three letters may be initials (it, hr, ap)
functions as (
    select local_part as word from {{ ref('role_local_parts') }}
    where length(local_part) >= 4
    union distinct
    select value as word from {{ ref('lead_placeholder_values') }}
    where field = 'email_word' and length(value) >= 4
),

given_names as (
    select distinct given_name as word from {{ ref('given_names') }}
),

-- sales-uk@, info2@, reception.hq@
shared as (
    select distinct words.email
    from words
    inner join functions on words.word = functions.word
),

-- kim.west@ of Kim West, m.cloud@ of Mary Cloud, kim.west@ of Kim Smith; nobody is called sales.paris@
name_words as (
    select
        persons.record_type,
        persons.record_id,
        persons.email,
        {{ rows_of_words(comparable_name('persons.full_name')) }} as word
    from persons
    inner join shared on persons.email = shared.email
),

read_names as (
    select
        name_words.record_type,
        name_words.record_id,
        functions.word is not null as is_function,
        given_names.word is not null as is_given,
        words.word is not null as is_in_address
    from name_words
    left join functions on name_words.word = functions.word
    left join given_names on name_words.word = given_names.word
    left join words on name_words.email = words.email and name_words.word = words.word
),

named as (
    select
        record_type,
        record_id
    from read_names
    group by record_type, record_id
    having
        max(case when is_given and is_in_address and not is_function then 1 else 0 end) = 1
        or (
            max(case when is_function and is_in_address then 1 else 0 end) = 1
            and max(case when is_given then 1 else 0 end) = 1
            and min(case when is_function then 1 else 0 end) = 0
        )
    union distinct
    select
        persons.record_type,
        persons.record_id
    from persons
    inner join shared on persons.email = shared.email
    inner join words on persons.email = words.email
    inner join given_names on words.word = given_names.word
    left join functions on words.word = functions.word
    where persons.full_name is null and functions.word is null
),

-- a mailbox of a placeholder or a function is no one's, unless it is that of somebody of that name
mailboxes as (
    select
        addresses.email,
        addresses.mailbox,
        domains.is_disposable,
        shared.email is not null as is_shared
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    left join {{ ref('role_local_parts') }} as roles on addresses.local_part = roles.local_part
    left join {{ ref('lead_placeholder_values') }} as placeholders
        on addresses.local_part = placeholders.value and placeholders.field = 'email_local'
    left join shared on addresses.email = shared.email
    where
        addresses.mailbox is not null and roles.local_part is null and placeholders.value is null
        and domains.reserved_parent is null
),

joined as (
    select
        persons.*,
        mailboxes.is_disposable,
        case when not mailboxes.is_shared or named.record_id is not null then mailboxes.mailbox end
            as mailbox
    from persons
    left join named on persons.record_type = named.record_type and persons.record_id = named.record_id
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
        coalesce(mailbox is not null and is_disposable, false) as has_disposable_mailbox
    from joined
)

select * from final
