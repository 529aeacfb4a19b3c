-- Grain: e-mail address of a lead to judge whose letters look like keys pressed at random, before the @ or in
-- a domain that is no known provider. Whether they are its owner's all the same is for the flags to say.
with addresses as (
    select
        addresses.*,
        domains.is_alias_service,
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
        max(case when threshold = 'gibberish_letters' then value end) as letters
    from {{ ref('lead_quality_thresholds') }}
),

-- what stands before the @, and the domain without its top level
texts as (
    select
        email,
        'before' as side,
        {{ regex_replace("split_part(local_part, '+', 1)", '[0-9]+', ' ') }} as text
    from addresses
    where not is_alias_service
    union all
    select
        email,
        'domain' as side,
        {{ regex_replace(regex_replace('domain', '[.][^.]+$', ''), '[0-9]+', ' ') }} as text
    from addresses
    where not is_listed
),

parted as (
    select
        email,
        side,
        {{ rows_of_words(latin_letters(comparable_text('text'))) }} as word
    from texts
),

scored as (
    select
        parted.email,
        parted.side,
        max(words.gibberish_score) as score
    from parted
    inner join {{ ref('int_name_words') }} as words on parted.word = words.word
    cross join limits
    group by parted.email, parted.side
    having
        -- a domain is a brand, and five letters are little to go by
        min(words.gibberish_score)
        - case when parted.side = 'domain' or sum(length(words.word)) < min(limits.letters) then 2 else 0 end
        >= min(limits.address_words)
        and sum(length(words.word)) >= min(limits.letters) - 1
),

mashed as (
    select
        scored.email,
        scored.score,
        {{ latin_letters(comparable_text('texts.text')) }} as letters
    from scored
    inner join texts on scored.email = texts.email and scored.side = texts.side
),

-- letters and figures by turns: a8f3e9d1c2
drawn as (
    select
        email,
        cast(null as double) as score,
        local_part as letters
    from addresses
    where
        not is_alias_service
        and {{ regex_matches('local_part', '^[a-z0-9]{10,}$') }}
        and length({{ regex_replace(regex_replace('local_part', '[a-z]+', 'a'), '[0-9]+', '0') }}) >= 6
),

final as (
    select
        email,
        max(score) as score,
        string_agg(letters, ' ' order by letters) as letters
    from (
        select
            email,
            score,
            letters
        from mashed
        union all
        select * from drawn
    ) as found
    group by email
)

select * from final
