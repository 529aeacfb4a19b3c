-- Grain: mail domain that stands for one account: its website's, or that of all its contacts and of no
-- other account's. Own and free-mail domains stand for nobody.
with accounts as (
    select
        account_id,
        {{ regex_extract("lower(website)", '^(?:https?://)?(?:www[.])?([^/:?#]+)') }} as domain
    from {{ ref('int_accounts_resolved') }}
    where website is not null
),

contacts as (
    select distinct
        account_id,
        lower(split_part(email, '@', 2)) as domain
    from {{ ref('int_contacts_resolved') }}
    where email like '%_@_%' and account_id is not null
),

together as (
    select account_id, domain from accounts
    union
    select account_id, domain from contacts
),

free_mail as (
    select lower(domain) as domain from {{ ref('free_mail_domains') }}
)

select
    together.domain,
    min(together.account_id) as account_id
from together
left join free_mail on together.domain = free_mail.domain
where
    free_mail.domain is null
    and together.domain like '%_._%'
    and together.domain not in ({{ own_domains_list() }})
group by together.domain
having count(distinct together.account_id) = 1
