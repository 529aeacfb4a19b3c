-- Grain: lead × flag about its e-mail address.
with leads as (
    select * from {{ ref('int_leads_resolved') }}
    where email is not null
),

ages as (
    select * from {{ ref('int_lead_value_ages') }}
),

touches as (
    select * from {{ ref('int_lead_touch_summaries') }}
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

-- john.test@, qa+test12@
tested as (
    select
        words.email,
        min(listed.value) as token
    from (
        select
            email,
            {{ rows_of_words("translate(local_part, '._+-0123456789', '              ')") }} as word
        from {{ ref('int_email_addresses') }}
        where problem is null
    ) as words
    inner join {{ ref('lead_placeholder_values') }} as listed
        on words.word = listed.value and listed.field in ('email_token', 'name_any')
    group by words.email
),

roles as (
    select * from {{ ref('role_local_parts') }}
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
        answers.answer as refusal,
        answers.checked_at,
        answers.no_mail_since,
        -- there are people called Test: not at the beginning of their name
        case
            when borne.name is not null then null
            when coalesce(bases.value, wholes.value) is not null then coalesce(bases.value, wholes.value)
            when coalesce(strpos({{ comparable_text('leads.full_name') }}, ' ' || tested.token), 0) = 0
                then tested.token
        end as placeholder,
        roles.local_part as role,
        leads.email_bounced_at,
        touches.first_answer_at,
        coalesce(ages.email_since, {{ as_of() }}) as email_since
    from leads
    inner join addresses on leads.email = addresses.email
    left join {{ ref('int_email_domains') }} as domains on addresses.domain = domains.domain
    left join {{ ref('int_mail_domain_answers') }} as answers
        on addresses.domain = answers.domain and not answers.takes_mail
    -- two joins: with `or` in one DuckDB compares every address with every placeholder
    left join placeholders as bases on addresses.base_local_part = bases.value
    left join placeholders as wholes on addresses.local_part = wholes.value
    left join tested on addresses.email = tested.email
    left join borne
        on {{ comparable_text('leads.full_name') }} = borne.name
        and {{ regex_replace('addresses.base_local_part', '[._-]', '') }} = replace(borne.name, ' ', '')
    left join roles on addresses.base_local_part = roles.local_part
    left join touches on leads.lead_id = touches.lead_id
    left join ages on leads.lead_id = ages.lead_id
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
            'email_no_domain', 'greatest(email_since, no_mail_since)',
            "'The domain of ' || address || ' takes no mail: ' || refusal || ', as asked on ' || cast(cast(checked_at as date) as varchar) || '.'",
            {'address': 'address', 'domain': 'domain', 'answer': 'refusal', 'checked_at': 'cast(checked_at as varchar)'}
        ) }}
    from judged
    where no_mail_since is not null
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
    union all
    -- bounced after an answer is contact_left: the address was real
    select
        {{ lead_flag(
            'email_bounced', 'email_bounced_at',
            "'Mail to ' || address || ' bounced on ' || cast(cast(email_bounced_at as date) as varchar) || ', and nobody ever answered from it.'",
            {'address': 'address', 'bounced_at': 'cast(email_bounced_at as varchar)'}
        ) }}
    from judged
    where email_bounced_at <= {{ as_of() }} and coalesce(first_answer_at > email_bounced_at, true)
)

select * from final
