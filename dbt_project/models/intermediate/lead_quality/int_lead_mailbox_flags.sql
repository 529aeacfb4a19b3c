-- Grain: lead × flag about the letters of its e-mail address: pressed at random, mistyped, or numbered. What
-- shares letters with the lead's name or company is theirs, however it looks.
with addresses as (
    select
        addresses.*,
        domains.is_listed
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    where addresses.problem is null
),

limits as (
    select
        max(case when threshold = 'gibberish_address_words' then cast(value as double) end) as address_words,
        max(case when threshold = 'series_addresses' then value end) as series_addresses
    from {{ ref('lead_quality_thresholds') }}
),

typed_domains as (
    select distinct
        domain,
        is_listed,
        {{ regex_extract('domain', '[^.]+$', 0) }} as top_level
    from addresses
    where domain not like '[%'
),

slips as (
    select
        typed_domains.domain,
        coalesce(min(providers.domain), 'one of a top level that exists') as meant
    from typed_domains
    left join {{ ref('top_level_domains') }} as top_levels on typed_domains.top_level = top_levels.top_level
    left join {{ ref('mistyped_mail_domains') }} as providers
        on
        left(typed_domains.domain, 1) = left(providers.domain, 1)
        and {{ letters_apart('typed_domains.domain', 'providers.domain') }} = 1
    where
        not typed_domains.is_listed
        and (top_levels.top_level is null or providers.domain is not null)
    group by typed_domains.domain
),

-- lead001@, lead002@ …: the numbers follow on each other
numbered as (
    select
        email,
        domain,
        {{ regex_extract('local_part', '^(.*[a-z._-])[0-9]{1,6}$') }} as stem,
        cast({{ regex_extract('local_part', '([0-9]{1,6})$') }} as integer) as number
    from addresses
    where not is_listed and {{ regex_matches('local_part', '[a-z._-][0-9]{1,6}$') }}
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
        coalesce(ages.email_since, {{ as_of() }}) as email_since,
        leads.full_name,
        leads.company,
        addresses.domain,
        {{ masked_address('addresses.local_part', 'addresses.domain') }} as address
    from {{ ref('int_leads_resolved') }} as leads
    inner join addresses on leads.email = addresses.email
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
),

suspected as (
    select
        leads.*,
        gibberish.score,
        gibberish.letters,
        {{ latin_letters(comparable_text(
            "coalesce(leads.full_name, '') || ' ' || coalesce(leads.company, '')"
        )) }} as names
    from leads
    inner join {{ ref('int_email_mashes') }} as gibberish on leads.email = gibberish.email
),

-- three letters of a word that is no mash itself
excused as (
    select distinct named.lead_id
    from (
        select
            lead_id,
            letters,
            {{ rows_of_words('names') }} as word
        from suspected
    ) as named
    left join {{ ref('int_name_words') }} as words on named.word = words.word
    cross join limits
    where
        length(named.word) >= 3
        and strpos(named.letters, left(named.word, 3)) > 0
        and coalesce(words.gibberish_score, 0) < limits.address_words
),

mashes as (
    select suspected.*
    from suspected
    left join excused on suspected.lead_id = excused.lead_id
    where
        excused.lead_id is null
        -- names of other scripts are often spelt without vowels (khngylh@)
        and {{ regex_matches("coalesce(suspected.names, '')", '^[a-z0-9 ]*$') }}
),

final as (
    select
        {{ lead_flag(
            'email_gibberish', 'email_since',
            "'The e-mail address ' || address || ' looks like keys pressed at random.'",
            {'score': 'round(score, 2)'}
        ) }}
    from mashes
    union all
    select
        {{ lead_flag(
            'email_mistyped', 'leads.email_since',
            "'Nobody can be written to at ' || leads.address || ': ' || slips.meant || ' was meant.'",
            {'domain': 'leads.domain', 'meant': 'slips.meant'}
        ) }}
    from leads
    inner join slips on leads.domain = slips.domain
    union all
    select
        {{ lead_flag(
            'email_series', 'leads.email_since',
            "'The e-mail address ' || leads.address || ' is one of ' || cast(series.addresses as varchar) || ' that differ by their number only.'",
            {'addresses': 'series.addresses'}
        ) }}
    from leads
    inner join numbered on leads.email = numbered.email
    inner join series on numbered.domain = series.domain and numbered.stem = series.stem
)

select * from final
