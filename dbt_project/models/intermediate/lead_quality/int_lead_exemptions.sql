-- Grain: lead × rule that is exempt at as_of; of several exemptions the one that lasts longest. Rules are the
-- flags that count against a lead, and `duplicate`.
with exemptions as (
    select * from {{ ref('int_build_lead_exemptions') }}
),

rules as (
    select flag from {{ ref('lead_flag_weights') }}
    where family in ('fake', 'stale')
    union all
    select 'duplicate' as flag
),

leads as (
    select
        leads.lead_id,
        leads.source_instance,
        addresses.domain
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_email_addresses') }} as addresses on leads.email = addresses.email
),

domains as (
    select distinct
        source_instance,
        domain
    from leads
    where domain is not null
),

exempt_domains as (
    select
        domains.source_instance,
        domains.domain,
        exemptions.rule,
        exemptions.reason,
        exemptions.until
    from domains
    inner join exemptions on domains.source_instance = exemptions.source_instance
    where
        domains.domain = exemptions.domain
        or right(domains.domain, length(exemptions.domain) + 1) = '.' || exemptions.domain
),

exempt_leads as (
    select
        leads.lead_id,
        exemptions.rule,
        exemptions.reason,
        exemptions.until
    from leads
    inner join exemptions on leads.lead_id = exemptions.lead_id
    union all
    select
        leads.lead_id,
        exempt_domains.rule,
        exempt_domains.reason,
        exempt_domains.until
    from leads
    inner join exempt_domains
        on leads.source_instance = exempt_domains.source_instance and leads.domain = exempt_domains.domain
    union all
    select
        leads.lead_id,
        exemptions.rule,
        exemptions.reason,
        exemptions.until
    from leads
    inner join exemptions
        on leads.source_instance = exemptions.source_instance
        and exemptions.lead_id is null and exemptions.domain is null
)

select
    exempt_leads.lead_id,
    rules.flag,
    exempt_leads.reason,
    exempt_leads.until
from exempt_leads
inner join rules on exempt_leads.rule is null or exempt_leads.rule = rules.flag
qualify
    row_number() over (
        partition by exempt_leads.lead_id, rules.flag
        order by exempt_leads.until desc, exempt_leads.reason asc
    ) = 1
