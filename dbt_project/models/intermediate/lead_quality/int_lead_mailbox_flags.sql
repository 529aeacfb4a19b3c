-- Grain: lead to judge × flag about the letters of its e-mail address: pressed at random, or mistyped. What
-- shares letters with the lead's name or company is theirs, however it looks.
with addresses as (
    select
        addresses.*,
        domains.is_listed
    from {{ ref('int_email_addresses') }} as addresses
    inner join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    where
        addresses.problem is null
        and exists (
            select 1 from {{ ref('int_leads_to_judge') }} as leads
            where leads.email = addresses.email
        )
),

limits as (
    select
        max(case when threshold = 'gibberish_address_words' then cast(value as double) end) as address_words,
        max(case when threshold = 'gibberish_own_domain' then cast(value as double) end) as own_domain
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

leads as (
    select
        leads.lead_id,
        leads.email,
        leads.email_since,
        leads.full_name,
        leads.company,
        addresses.domain,
        {{ masked_address('addresses.local_part', 'addresses.domain') }} as address
    from {{ ref('int_leads_to_judge') }} as leads
    inner join addresses on leads.email = addresses.email
),

suspected as (
    select
        leads.*,
        gibberish.score,
        gibberish.letters,
        {{ latin_letters(comparable_text('leads.company')) }} as company_text,
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
    union distinct
    -- mia@dscvry.com of Dscvry: company_gibberish speaks of that name, once is enough where it may be a brand
    select suspected.lead_id
    from suspected
    cross join limits
    where
        suspected.score < limits.own_domain
        and strpos(replace(suspected.company_text, ' ', ''), replace(suspected.letters, ' ', '')) > 0
        and strpos(
            {{ regex_replace('suspected.domain', '[^a-z]', '') }}, replace(suspected.letters, ' ', '')
        ) > 0
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
)

select * from final
