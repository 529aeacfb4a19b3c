-- Grain: mail domain that stands for one account: its website's, or that of all its contacts and of no
-- other account's of the source instance that is asked first. Own and free-mail domains stand for nobody.
with accounts as (
    select
        account_id,
        source_instance,
        {{ regex_extract("lower(website)", '^(?:https?://)?(?:www[.])?([^/:?#]+)') }} as domain
    from {{ ref('int_accounts_resolved') }}
    where website is not null
),

contacts as (
    select distinct
        account_id,
        source_instance,
        lower(split_part(email, '@', 2)) as domain
    from {{ ref('int_contacts_resolved') }}
    where email like '%_@_%' and account_id is not null
),

together as (
    select account_id, source_instance, domain from accounts
    union
    select account_id, source_instance, domain from contacts
),

free_mail as (
    select lower(domain) as domain from {{ ref('free_mail_domains') }}
),

ranked as (
    select
        together.domain,
        together.account_id,
        rank() over (partition by together.domain order by preferences.preference) as position
    from together
    left join {{ ref('int_source_preferences') }} as preferences
        on together.source_instance = preferences.source_instance
    left join free_mail on together.domain = free_mail.domain
    where
        free_mail.domain is null
        and together.domain like '%_._%'
        and together.domain not in ({{ own_domains_list() }})
)

select
    domain,
    min(account_id) as account_id
from ranked
where position = 1
group by domain
having count(distinct account_id) = 1
