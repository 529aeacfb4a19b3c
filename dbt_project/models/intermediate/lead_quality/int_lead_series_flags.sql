-- Grain: lead × flag about an e-mail address that others differ from by their number only.
with addresses as (
    select
        addresses.email,
        addresses.domain,
        addresses.local_part,
        {{ masked_address('addresses.local_part', 'addresses.domain') }} as address
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    where
        addresses.problem is null
        and not domains.is_listed
        and {{ regex_matches('addresses.local_part', '[a-z._-][0-9]{1,6}$') }}
),

limits as (
    select max(case when threshold = 'series_addresses' then value end) as series_addresses
    from {{ ref('lead_quality_thresholds') }}
),

-- lead001@, lead002@ …: the numbers follow on each other
numbered as (
    select
        email,
        domain,
        address,
        {{ regex_extract('local_part', '^(.*[a-z._-])[0-9]{1,6}$') }} as stem,
        cast({{ regex_extract('local_part', '([0-9]{1,6})$') }} as integer) as number
    from addresses
),

series as (
    select
        numbered.domain,
        numbered.stem,
        count(distinct numbered.number) as addresses
    from numbered
    cross join limits
    group by numbered.domain, numbered.stem
    having
        count(distinct numbered.number) >= min(limits.series_addresses)
        and max(numbered.number) - min(numbered.number) < 2 * count(distinct numbered.number)
),

leads as (
    select
        leads.lead_id,
        leads.email,
        coalesce(ages.email_since, {{ as_of() }}) as email_since
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
),

final as (
    select
        {{ lead_flag(
            'email_series', 'leads.email_since',
            "'The e-mail address ' || numbered.address || ' is one of ' || cast(series.addresses as varchar) || ' that differ by their number only.'",
            {'addresses': 'series.addresses'}
        ) }}
    from leads
    inner join numbered on leads.email = numbered.email
    inner join series on numbered.domain = series.domain and numbered.stem = series.stem
)

select * from final
