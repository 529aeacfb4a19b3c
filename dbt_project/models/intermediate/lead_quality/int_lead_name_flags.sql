-- Grain: lead × flag about its person's name.
{% set link = '(?i)https?:|www\\.|[a-z0-9-]{3,}'
    ~ '\\.(com|net|org|info|xyz|top|club|site|online|shop|ru|cn)\\b' -%}
{% set markup = '(?i)<\\s*/?\\s*[a-z!][^>]*>|javascript:|onerror\\s*=|\\$\\{|\\{\\{' -%}
{% set emoji_run = '([\\x{1F000}-\\x{1FAFF}\\x{2600}-\\x{27BF}][\\x{FE0F}\\x{200D}]*){2,}' %}

with leads as (
    select
        leads.lead_id,
        leads.full_name,
        {{ comparable_name('leads.full_name') }} as name_text,
        coalesce(ages.name_since, {{ as_of() }}) as name_since
    from {{ ref('int_leads_resolved') }} as leads
    left join {{ ref('int_lead_value_ages') }} as ages on leads.lead_id = ages.lead_id
    where leads.full_name is not null
),

listed as (
    select distinct
        field,
        {{ comparable_name('value') }} as value
    from {{ ref('lead_placeholder_values') }}
    where field in ('full_name', 'name_part', 'name_part_weak')
),

whole_names as (
    select distinct value from listed
    where field = 'full_name'
),

names as (
    select distinct name_text from leads
    where name_text is not null
),

-- "Test Lead 17" is "Test Lead"
words as (
    select
        name_text,
        nullif({{ regex_replace('word', '[0-9]+$', '') }}, '') as word
    from (
        select
            name_text,
            {{ rows_of_words('name_text') }} as word
        from names
    ) as split
),

-- every word says nothing; one that is also a real name needs a stronger one beside it, or itself
worded as (
    select words.name_text
    from words
    left join listed on words.word = listed.value and listed.field in ('name_part', 'name_part_weak')
    where words.word is not null
    group by words.name_text
    having
        count(*) = count(listed.value)
        and (
            max(case when listed.field = 'name_part' then 1 else 0 end) = 1
            or (count(*) > 1 and count(distinct words.word) = 1)
        )
),

judged as (
    select
        leads.lead_id,
        leads.name_since,
        leads.name_text,
        {{ regex_matches('leads.full_name', '\\p{L}') }} as has_letters,
        worded.name_text is not null or whole_names.value is not null as is_placeholder,
        case
            when
                {{ regex_matches('leads.full_name', '[^\\s@]+@[^\\s@]+\\.[^\\s@]+') }}
                then 'an e-mail address'
            when
                {{ regex_matches('leads.full_name', link) }}
                then 'a link'
            when
                {{ regex_matches('leads.full_name', markup) }}
                then 'markup or a script'
            when
                {{ regex_matches('leads.full_name', emoji_run) }}
                then 'a run of emoji'
        end as injected
    from leads
    left join worded on leads.name_text = worded.name_text
    left join whole_names on leads.name_text = whole_names.value
),

final as (
    select
        {{ lead_flag(
            'name_placeholder', 'name_since',
            "case
                when has_letters then 'The name is a placeholder: \"' || name_text || '\".'
                else 'The name has no letter in it.'
            end",
            {'placeholder': 'case when has_letters then name_text end'}
        ) }}
    from judged
    where (is_placeholder or not has_letters) and injected is null
    union all
    select
        {{ lead_flag(
            'name_injected', 'name_since',
            "'The name holds ' || injected || '.'",
            {'found': 'injected'}
        ) }}
    from judged
    where injected is not null
)

select * from final
