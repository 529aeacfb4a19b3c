-- Grain: lead of which the account is known: the one it was converted to, else that of its mail domain, else
-- the one that alone bears its company's name.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
),

domains as (
    select * from {{ ref('int_account_domains') }}
),

names as (
    select * from {{ ref('int_accounts_named') }}
),

final as (
    select
        leads.lead_id,
        coalesce(leads.account_id, domains.account_id, names.account_id) as account_id
    from leads
    left join domains on lower(split_part(leads.email, '@', 2)) = domains.domain
    left join names on lower(leads.company) = names.account_text
)

select * from final
where account_id is not null
