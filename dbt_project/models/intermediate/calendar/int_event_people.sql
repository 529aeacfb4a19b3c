-- Grain: occurrence × address on it. Who of them is one of us, and whom the others are known as. Rooms,
-- other resources and programs that take notes are nobody. A free-mail domain never stands for a company.
-- Whoever declined was not there, though invited. An address with a tag (paula+crm@…) is that without it,
-- unless somebody bears it as it is.
with events as (
    select * from {{ ref('int_calendar_events_unioned') }}
    where not coalesce(is_private, false)
),

listed as (
    select
        event_id,
        {{ rows_of_json('attendees') }} as attendee
    from events
),

addresses as (
    select
        event_id,
        lower({{ json_text('attendee', 'email') }}) as address,
        -- Google calls it responseStatus
        coalesce(
            lower(
                coalesce(
                    {{ json_text('attendee', 'response') }},
                    {{ json_text('attendee', 'responseStatus') }}
                )
            ) = 'declined',
            false
        ) as is_declined
    from listed
    where
        -- CUTYPE of iCalendar, Graph's `resource`, Google's mark; Exchange's rooms have addresses like people
        coalesce(lower({{ json_text('attendee', 'type') }}), '') not in ('room', 'resource')
        and coalesce(lower({{ json_text('attendee', 'resource') }}), 'false') <> 'true'
    union all
    select
        event_id,
        lower(organizer_email) as address,
        cast(null as boolean) as is_declined
    from events
),

assistants as (
    select address from {{ ref('meeting_assistants') }}
),

people as (
    select
        event_id,
        address,
        split_part(address, '@', 2) as domain,
        {{ bare_address('address') }} as bare_address,
        coalesce(bool_and(is_declined), false) as is_declined
    from addresses
    where
        address like '%_@_%'
        -- rooms, groups, imported calendars, `unknownorganizer`: Google's own, no person's
        and '.' || split_part(address, '@', 2) not like '%.calendar.google.com'
        and address not in (select assistants.address from assistants)
        and '@' || split_part(address, '@', 2) not in (select assistants.address from assistants)
    group by event_id, address
),

-- a rep whom somebody invited by another address is no outsider
own_people as (
    select
        addresses.address,
        min(addresses.rep_id) as rep_id
    from {{ ref('int_rep_addresses') }} as addresses
    inner join {{ ref('int_reps_resolved') }} as reps on addresses.rep_id = reps.rep_id
    where reps.is_matched
    group by addresses.address
),

-- two CRMs that are kept in step know the same person
known as (
    select
        contacts.contact_id,
        contacts.account_id,
        lower(contacts.email) as address,
        rank() over (partition by lower(contacts.email) order by preferences.preference) as position
    from {{ ref('int_contacts_resolved') }} as contacts
    left join {{ ref('int_source_preferences') }} as preferences
        on contacts.source_instance = preferences.source_instance
    where contacts.email is not null
),

contacts as (
    select
        address,
        min(contact_id) as contact_id,
        min(account_id) as account_id
    from known
    where position = 1
    group by address
    having count(distinct account_id) <= 1
),

lead_addresses as (
    select
        lead_id,
        lower(email) as address,
        false as is_bare
    from {{ ref('int_leads_resolved') }}
    where email is not null
    union all
    select
        lead_id,
        {{ bare_address('lower(email)') }} as address,
        true as is_bare
    from {{ ref('int_leads_resolved') }}
    where email like '%+%'
),

leads as (
    select
        address,
        min_by(lead_id, (is_bare, lead_id)) as lead_id
    from lead_addresses
    where address is not null
    group by address
),

domains as (
    select * from {{ ref('int_account_domains') }}
)

select
    people.event_id,
    people.address,
    people.domain,
    people.is_declined,
    coalesce(own_people.rep_id, bare_people.rep_id) as rep_id,
    coalesce(own_people.rep_id, bare_people.rep_id) is not null
    or people.domain in ({{ own_domains_list() }}) as is_own,
    coalesce(contacts.contact_id, bare_contacts.contact_id) as contact_id,
    coalesce(leads.lead_id, bare_leads.lead_id) as lead_id,
    coalesce(contacts.account_id, bare_contacts.account_id, domains.account_id) as account_id,
    coalesce(contacts.account_id, bare_contacts.account_id) is null and domains.account_id is not null
        as is_account_by_domain
from people
left join own_people on people.address = own_people.address
left join own_people as bare_people on people.bare_address = bare_people.address
left join contacts on people.address = contacts.address
left join contacts as bare_contacts on people.bare_address = bare_contacts.address
left join leads on people.address = leads.address
left join leads as bare_leads on people.bare_address = bare_leads.address
left join domains on people.domain = domains.domain
