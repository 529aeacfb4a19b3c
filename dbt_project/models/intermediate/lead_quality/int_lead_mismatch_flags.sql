-- Grain: lead to judge × flag about an e-mail address written like a name that shares nothing with the
-- lead's own. Judged only where both are names in Latin letters: two or three words before the @, none of
-- which says what the mailbox is for or where it is.
with addressed as (
    select
        leads.lead_id,
        leads.full_name,
        leads.company,
        addresses.domain,
        -- ann.lee2+crm@ is ann.lee@
        {{ latin_letters(without_accents(regex_replace(
            "split_part(addresses.local_part, '+', 1)", '[0-9]+$', ''
        ))) }} as local_part,
        greatest(leads.email_since, leads.name_since) as since
    from {{ ref('int_leads_to_judge') }} as leads
    inner join {{ ref('int_email_addresses') }} as addresses on leads.email = addresses.email
    left join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    -- an alias is made to share nothing
    where addresses.problem is null and coalesce(not domains.is_alias_service, true)
),

-- most addresses are written otherwise: nobody's name is taken apart for these
leads as (
    select
        lead_id,
        domain,
        local_part,
        since,
        {{ latin_letters(comparable_text('full_name')) }} as name,
        {{ latin_letters(comparable_text('company')) }} as company
    from addressed
    where
        {{ regex_matches('local_part', '^[a-z]+([._-][a-z]+){1,2}$') }}
        and {{ regex_matches('local_part', '[a-z]{4}') }}
),

no_names as (
    select {{ comparable_text('local_part') }} as word from {{ ref('role_local_parts') }}
    union distinct
    select {{ comparable_text('value') }} as word from {{ ref('lead_placeholder_values') }}
    where field in ('email_local', 'email_word')
),

-- ue, oe, ae and aa stand for one letter that others write without its accent
names_alike as (
    select
        lead_id,
        domain,
        company,
        since,
        replace(replace(replace(replace(name, 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'aa', 'a') as name,
        translate(local_part, '._-', '   ') as address,
        replace(replace(replace(replace(
            translate(local_part, '._-', '   '), 'ae', 'a'
        ), 'oe', 'o'), 'ue', 'u'), 'aa', 'a') as folded_address
    from leads
    where {{ regex_matches('name', '^[a-z]+( [a-z]+)+$') }}
),

-- a word of a function, of the company or of its domain: a mailbox of many
shared as (
    select distinct words.lead_id
    from (
        select
            lead_id,
            domain,
            company,
            {{ rows_of_words('address') }} as word
        from names_alike
    ) as words
    left join no_names on words.word = no_names.word
    where
        no_names.word is not null
        or (
            length(words.word) >= 4
            and strpos(coalesce(words.company, '') || ' ' || words.domain, words.word) > 0
        )
),

name_words as (
    select
        lead_id,
        {{ rows_of_words('name') }} as word
    from names_alike
),

address_words as (
    select
        lead_id,
        {{ rows_of_words('folded_address') }} as word
    from names_alike
),

-- a word in common, or its first three letters: short forms, slips of the pen, other romanisations
akin as (
    select distinct name_words.lead_id
    from name_words
    inner join address_words on name_words.lead_id = address_words.lead_id
    where
        name_words.word = address_words.word
        or (
            length(name_words.word) >= 3 and length(address_words.word) >= 3
            and (
                left(name_words.word, 3) = left(address_words.word, 3)
                or strpos(name_words.word, address_words.word) > 0
                or strpos(address_words.word, name_words.word) > 0
            )
        )
),

initials as (
    select
        *,
        left(name, 1) || left({{ regex_replace('name', '^.* ', '') }}, 1) as name_initials,
        left(folded_address, 1) || left({{ regex_replace('folded_address', '^.* ', '') }}, 1)
            as address_initials
    from names_alike
),

contradictory as (
    select initials.*
    from initials
    left join akin on initials.lead_id = akin.lead_id
    left join shared on initials.lead_id = shared.lead_id
    where
        akin.lead_id is null
        and shared.lead_id is null
        -- in either order
        and initials.name_initials not in (
            initials.address_initials,
            right(initials.address_initials, 1) || left(initials.address_initials, 1)
        )
        -- words that one of them writes as one
        and strpos(replace(initials.folded_address, ' ', ''), replace(initials.name, ' ', '')) = 0
),

final as (
    select
        {{ lead_flag(
            'name_email_mismatch', 'since',
            "'The e-mail address is written like a name, and not like the one of the lead.'",
            {'words': "length(address) - length(replace(address, ' ', '')) + 1"}
        ) }}
    from contradictory
)

select * from final
