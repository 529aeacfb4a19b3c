-- Grain: lead × flag that one of its telephone numbers is a placeholder: by its digits, as kept in
-- int_lead_judgements, or because leads of several companies bear it. One among two numbers is enough.
with limits as (
    select * from {{ lead_limits() }}
),

leads as (
    select
        leads.*,
        ages.phone_since,
        ages.mobile_phone_since
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
),

addresses as (
    select
        addresses.email,
        case when not domains.is_free_mail and not domains.is_alias_service then addresses.domain end
            as company_domain
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
),

numbers as (
    select lead_id, phone as number, phone_since as since from leads
    where phone is not null
    union all
    select lead_id, mobile_phone, mobile_phone_since from leads
    where mobile_phone is not null and mobile_phone is distinct from phone
),

digits as (
    select
        lead_id,
        coalesce(since, {{ unknown_since() }}) as since,
        {{ regex_replace('number', '[^0-9]', '') }} as digits,
        {{ is_international_number('number') }} as is_international
    from numbers
),

-- what two ways of writing a number share
lines as (
    select
        lead_id,
        since,
        {{ telephone_line('digits', 'is_international') }} as line
    from digits
    where length(digits) >= 7
),

-- most are one lead's, and no company has to be read for these
met_again as (
    select line from lines
    group by line
    having count(*) > 1
),

-- colleagues share a switchboard: leads of one company count once
shared as (
    select
        lines.line,
        count(distinct coalesce(
            {{ comparable_text('leads.company') }}, addresses.company_domain, leads.lead_id
        )) as company_count
    from met_again
    inner join lines on met_again.line = lines.line
    inner join leads on lines.lead_id = leads.lead_id
    left join addresses on leads.email = addresses.email
    group by lines.line
),

borne as (
    select
        lines.lead_id,
        lines.since,
        shared.company_count
    from shared
    inner join limits on shared.company_count >= limits.shared_phone_leads
    inner join lines on shared.line = lines.line
),

flags as (
    select
        {{ lead_flag(
            'phone_placeholder', 'since',
            "'The telephone number is a placeholder: leads of ' || cast(company_count as varchar) || ' companies bear it.'",
            {'problem': "'leads of ' || cast(company_count as varchar) || ' companies bear it'", 'companies': 'company_count'}
        ) }}
    from borne
    union all
    select
        lead_id,
        flag,
        since,
        evidence,
        evidence_values
    from {{ ref('int_lead_judgements') }}
    where flag = 'phone_placeholder'
)

select * from flags
qualify row_number() over (partition by lead_id order by since, evidence) = 1
