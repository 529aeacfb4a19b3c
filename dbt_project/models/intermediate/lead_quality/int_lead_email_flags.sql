-- Grain: lead to judge × flag about what its e-mail address says. Whether mail arrives there:
-- int_lead_delivery_flags.
with leads as (
    select * from {{ ref('int_leads_to_judge') }}
    where email is not null
),

written as (
    select distinct email from leads
),

-- test12@ is test@; a local part of digits only stays what it is
addresses as (
    select
        addresses.*,
        coalesce(
            nullif({{ regex_replace("split_part(addresses.local_part, '+', 1)", '[0-9]+$', '') }}, ''),
            addresses.local_part
        ) as base_local_part
    from {{ ref('int_email_addresses') }} as addresses
    inner join written on addresses.email = written.email
),

placeholders as (
    select value from {{ ref('lead_placeholder_values') }}
    where field = 'email_local'
    union distinct
    -- mickey.mouse@, mickeymouse@
    {%- for sign in ['', '.', '_'] %}
        select replace(value, ' ', '{{ sign }}') as value
        from {{ ref('lead_placeholder_values') }}
        where field = 'full_name' and value like '% %'
        {{- ' union distinct' if not loop.last }}
    {%- endfor %}
),

-- there are real people called John Doe: that their address spells their name is no second sign
borne as (
    select value as name from {{ ref('lead_placeholder_values') }}
    where field = 'borne_name'
),

name_words as (
    select
        {{ comparable_text('value') }} as word,
        max(case when field in ('name_part', 'name_any') then 1 else 0 end) as is_strong
    from {{ ref('lead_placeholder_values') }}
    where field in ('name_part', 'name_part_weak', 'name_any', 'lorem', 'lorem_name')
    group by {{ comparable_text('value') }}
),

named as (
    select
        leads.lead_id,
        addresses.base_local_part,
        addresses.domain,
        {{ comparable_text('leads.full_name') }} as name_text,
        {{ latin_letters(comparable_text('leads.company')) }} as company_text,
        {{ rows_of_words(comparable_text('leads.full_name')) }} as word
    from leads
    inner join addresses on leads.email = addresses.email
    inner join placeholders on addresses.base_local_part = placeholders.value
),

-- nil@ of Nil Öztürk, asd@ of Anders Skov Dahl: a word of the owner's name, or its initials. Not test@ of
-- Test Berg, nor null@ of Null Null: somebody is named beside it
theirs as (
    select named.lead_id
    from named
    left join name_words as listed on named.word = listed.word
    group by named.lead_id, named.base_local_part, named.name_text
    having
        -- Qqq Www and 12345 67890 name nobody
        max(case
            when
                listed.word is null and named.word <> named.base_local_part
                and {{ regex_matches('named.word', '\\p{L}') }}
                and (length(named.word) < 3 or length(replace(named.word, left(named.word, 1), '')) > 0)
                then 1
            else 0
        end) = 1
        and (
            max(case
                when named.word = named.base_local_part and coalesce(listed.is_strong, 0) = 0 then 1
                else 0
            end) = 1
            or (
                length(named.base_local_part) >= 2
                and named.base_local_part
                = {{ regex_replace("' ' || named.name_text", ' ([^ ])[^ ]*', '\\1') }}
            )
            -- of Anders Dahl too: not everybody is given with the name in the middle
            or (
                length(named.base_local_part) = 3
                and left(named.base_local_part, 1) = left(named.name_text, 1)
                and right(named.base_local_part, 1)
                = left({{ regex_replace('named.name_text', '^.* ', '') }}, 1)
            )
        )
),

-- anita.bath@bathstone.co.uk of Anita Bath, Bathstone Quarries: at the firm that the lead names, a mailbox
-- that spells the name is no second sign
at_work as (
    select named.lead_id
    from named
    inner join {{ ref('int_email_domains') }} as domains on named.domain = domains.domain
    left join name_words as listed on named.word = listed.word
    where
        {{ regex_replace('named.base_local_part', '[._-]', '') }} = replace(named.name_text, ' ', '')
        and length({{ dbt.split_part('named.company_text', "' '", 1) }}) >= 4
        and strpos(
            replace(named.domain, '-', ''), {{ dbt.split_part('named.company_text', "' '", 1) }}
        ) = 1
        and not coalesce(domains.is_free_mail, false)
    group by named.lead_id
    having count(listed.word) = 0
),

-- john.test@, qa+test12@
tested as (
    select
        words.email,
        min(listed.value) as token
    from (
        select
            email,
            {{ rows_of_words("translate(local_part, '._+-0123456789', '              ')") }} as word
        from addresses
        where problem is null
    ) as words
    inner join {{ ref('lead_placeholder_values') }} as listed
        on words.word = listed.value and listed.field in ('email_token', 'name_any')
    group by words.email
),

roles as (
    select * from {{ ref('role_local_parts') }}
),

judged as (
    select
        leads.lead_id,
        addresses.problem,
        -- neither an @ nor a domain: "no mail", "xxx"
        addresses.problem is not null and not {{ regex_matches('leads.email', '@|[.,][a-zA-Z]{2,}\\s*$') }}
            as says_nothing,
        addresses.domain,
        {{ masked_address('addresses.local_part', 'addresses.domain') }} as address,
        domains.is_disposable,
        domains.disposable_parent,
        domains.reserved_parent,
        domains.is_own,
        -- there are people called Test: not at the beginning of their name
        case
            when borne.name is not null or theirs.lead_id is not null or at_work.lead_id is not null then null
            when coalesce(bases.value, wholes.value) is not null then coalesce(bases.value, wholes.value)
            -- a@a.com, xx@yy.com: one key before the @ and one behind it
            when
                addresses.problem is null and not coalesce(domains.is_free_mail, false)
                and {{ is_one_key('addresses.base_local_part') }}
                and {{ is_one_key("split_part(addresses.domain, '.', 1)") }}
                then addresses.base_local_part
            when coalesce(strpos({{ comparable_text('leads.full_name') }}, ' ' || tested.token), 0) = 0
                then tested.token
        end as placeholder,
        roles.local_part as role,
        leads.email_since
    from leads
    inner join addresses on leads.email = addresses.email
    left join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    -- two joins: with `or` in one DuckDB compares every address with every placeholder
    left join placeholders as bases on addresses.base_local_part = bases.value
    left join placeholders as wholes on addresses.local_part = wholes.value
    left join tested on addresses.email = tested.email
    left join borne
        on {{ comparable_text('leads.full_name') }} = borne.name
        and {{ regex_replace('addresses.base_local_part', '[._-]', '') }} = replace(borne.name, ' ', '')
    left join theirs on leads.lead_id = theirs.lead_id
    left join at_work on leads.lead_id = at_work.lead_id
    left join roles on addresses.base_local_part = roles.local_part
),

final as (
    select
        {{ lead_flag(
            'email_syntax', 'email_since',
            "'The e-mail address ' || address || ' is not valid: ' || problem",
            {'address': 'address', 'problem': 'problem'}
        ) }}
    from judged
    where problem is not null
    union all
    select
        {{ lead_flag(
            'email_disposable', 'email_since',
            "'The mail domain of ' || address || ' is listed as disposable: its addresses are made to be thrown away.'",
            {'address': 'address', 'domain': 'domain', 'listed_domain': 'disposable_parent'}
        ) }}
    from judged
    where is_disposable
    union all
    select
        {{ lead_flag(
            'email_placeholder', 'email_since',
            "case
                when is_own then 'The e-mail address ' || address || ' is at our own domain.'
                when says_nothing then 'The e-mail address ' || address || ' is none, nor one mistyped.'
                when reserved_parent is not null then 'Nobody has a mailbox at the domain of ' || address || '.'
                else 'The e-mail address ' || address || ' is a placeholder: \"' || placeholder || '\" stands where a person should.'
            end",
            {'address': 'address', 'domain': 'domain', 'placeholder': 'placeholder', 'is_own_domain': 'is_own'}
        ) }}
    from judged
    where is_own or reserved_parent is not null or placeholder is not null or says_nothing
    union all
    select
        {{ lead_flag(
            'email_role', 'email_since',
            "'The e-mail address ' || address || ' belongs to a function (' || role || '), not to a person.'",
            {'address': 'address', 'role': 'role'}
        ) }}
    from judged
    where role is not null
)

select * from final
