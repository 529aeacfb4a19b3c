-- Grain: lead to judge × flag about a name or company that is no word of any language.
{% set forms = legal_forms('|group|holdings?|solutions|services|gruppe|consulting|corporation') -%}
with leads as (
    select * from {{ ref('int_leads_to_judge') }}
),

limits as (
    select
        max(case when threshold = 'gibberish_words' then cast(value as double) end) as every_word,
        max(case when threshold = 'gibberish_beside_placeholder' then cast(value as double) end)
            as beside_placeholder,
        max(case when threshold = 'gibberish_two_words' then cast(value as double) end) as two_words,
        max(case when threshold = 'gibberish_word' then cast(value as double) end) as one_word,
        max(case when threshold = 'gibberish_company_words' then cast(value as double) end) as company_words,
        max(case when threshold = 'gibberish_letters' then value end) as letters
    from {{ ref('lead_quality_thresholds') }}
),

name_texts as (
    select distinct full_name from leads
    where full_name is not null
),

company_texts as (
    select distinct company from leads
    where company is not null
),

name_words as (
    select
        full_name,
        {{ rows_of_words(latin_letters(comparable_text('full_name'))) }} as word
    from name_texts
),

company_words as (
    select
        company,
        {{ rows_of_words(latin_letters(regex_replace(comparable_text('company'), forms, ''))) }} as word
    from company_texts
),

placeholders as (
    select distinct {{ comparable_text('value') }} as word from {{ ref('lead_placeholder_values') }}
    where field = 'name_part'
),

-- Jan, Eva: too short to be judged, and no keys
short_given_names as (
    select distinct name_words.full_name
    from name_words
    inner join {{ ref('given_names') }} as given_names on name_words.word = given_names.given_name
    where length(name_words.word) < 4
),

-- a mash beside "test" is no better for it
judged_words as (
    select
        name_words.full_name,
        words.word,
        words.gibberish_score,
        placeholders.word is null as is_judged,
        case
            when placeholders.word is not null then limits.beside_placeholder
            when short_given_names.full_name is not null then limits.one_word
            else limits.every_word
        end as limit_of_word
    from name_words
    inner join {{ ref('int_name_words') }} as words on name_words.word = words.word
    cross join limits
    left join placeholders on words.word = placeholders.word
    left join short_given_names on name_words.full_name = short_given_names.full_name
),

names as (
    select
        words.full_name,
        max(words.gibberish_score) as score
    from judged_words as words
    cross join limits
    group by words.full_name
    having
        -- one short word is little to go by (Vũ Quỳnh), unless it is far beyond a name
        (
            min(case when words.is_judged then words.gibberish_score end)
            >= min(words.limit_of_word)
            and sum(length(words.word)) >= min(limits.letters)
        )
        -- what one word may be by chance, two hardly are
        or (
            count(case when words.is_judged then 1 end) >= 2
            and min(words.gibberish_score) >= min(limits.two_words)
        )
        or max(case when words.is_judged then words.gibberish_score end) >= min(limits.one_word)
),

-- abbreviations are words of no language either (KPMG): every word but the legal form, and only long ones
companies as (
    select
        company_words.company,
        max(words.gibberish_score) as score
    from company_words
    inner join {{ ref('int_name_words') }} as words on company_words.word = words.word
    cross join limits
    group by company_words.company
    having
        min(words.gibberish_score)
        - case when min(length(words.word)) < min(limits.letters) then 2 else 0 end
        >= min(limits.company_words)
        and min(length(words.word)) >= min(limits.letters) - 1
),

final as (
    select
        {{ lead_flag(
            'name_gibberish', 'leads.name_since',
            "'The name looks like keys pressed at random, not like a name of any language.'",
            {'score': 'round(names.score, 2)'}
        ) }}
    from leads
    inner join names on leads.full_name = names.full_name
    union all
    select
        {{ lead_flag(
            'company_gibberish', 'leads.company_since',
            "'The company''s name looks like keys pressed at random.'",
            {'score': 'round(companies.score, 2)'}
        ) }}
    from leads
    inner join companies on leads.company = companies.company
)

select * from final
