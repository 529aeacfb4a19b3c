-- Grain: lead to judge × flag about its person's name.
{% set numbered_test = '(^| )test[0-9]+( |$)' -%}
{% set robot_word = '[A-Z][a-z]+[A-Z][A-Za-z]*' -%}
{% set first = dbt.split_part('leads.full_name', "' '", 1) -%}
{% set second = dbt.split_part('leads.full_name', "' '", 2) -%}
{% set unspaced = '[\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Hangul}ー]+' -%}
{% set second_word = dbt.split_part('leads.name_text', "' '", 2) -%}
{% set consonant = '[b-df-hj-np-tv-xz]' -%}
with leads as (
    select
        lead_id,
        full_name,
        {{ comparable_name('full_name') }} as name_text,
        {{ comparable_text('company') }} as company_text,
        {{ dbt.split_part('lower(email)', "'@'", 2) }} as domain,
        name_since
    from {{ ref('int_leads_to_judge') }}
    where full_name is not null
),

listed as (
    select
        field,
        {{ comparable_name('value') }} as value,
        min(reason) as reason
    from {{ ref('lead_placeholder_values') }}
    where
        field in (
            'full_name', 'name_part', 'name_part_weak', 'lorem', 'lorem_name', 'name_any', 'key_row', 'spam',
            'spam_name', 'sentence_word', 'company', 'company_test', 'borne_name'
        )
    group by field, {{ comparable_name('value') }}
),

whole_names as (
    select
        value,
        reason
    from listed
    where field = 'full_name'
),

names as (
    select distinct name_text from leads
    where name_text is not null
),

-- "keine Angabe" as the first name and as the last; a word for no company is one for no name then
doubled as (
    select
        halves.name_text,
        min(listed.reason) as reason
    from (
        select
            name_text,
            left(name_text, cast((length(name_text) - 1) / 2 as integer)) as half
        from names
        where length(name_text) % 2 = 1
    ) as halves
    inner join listed on halves.half = listed.value and listed.field in ('full_name', 'company')
    left join {{ ref('given_names') }} as given_names on halves.half = given_names.given_name
    where
        halves.name_text = halves.half || ' ' || halves.half
        -- Nada
        and given_names.given_name is null
    group by halves.name_text
),

-- "keine Angabe" as the first name and "k.A." as the last
withheld_twice as (
    select
        heads.name_text,
        min(heads.reason) as reason
    from (
        select
            names.name_text,
            phrases.reason,
            substr(names.name_text, length(phrases.value) + 2) as tail
        from names
        inner join whole_names as phrases
            on
            {{ dbt.split_part('names.name_text', "' '", 1) }}
            = {{ dbt.split_part('phrases.value', "' '", 1) }}
            and strpos(names.name_text, phrases.value || ' ') = 1
    ) as heads
    inner join listed on heads.tail = listed.value and listed.field in ('full_name', 'company')
    left join {{ ref('given_names') }} as given_names on heads.tail = given_names.given_name
    where given_names.given_name is null
    group by heads.name_text
),

-- 张三 as 张 and 三, in the order of either form: no space is written there
unspaced as (
    select
        orders.name_text,
        min(whole_names.reason) as reason
    from (
        {%- for parts in [[1, 2], [2, 1]] %}
            select
                name_text,
                {{ dbt.split_part('name_text', "' '", parts[0]) }}
                || {{ dbt.split_part('name_text', "' '", parts[1]) }} as value
            from names
            where {{ regex_matches('name_text', '^' ~ unspaced ~ ' ' ~ unspaced ~ '$') }}
            {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as orders
    inner join whole_names on orders.value = whole_names.value
    group by orders.name_text
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
    left join listed
        on
        words.word = listed.value
        and listed.field in ('name_part', 'name_part_weak', 'lorem', 'lorem_name')
    where words.word is not null
    group by words.name_text
    having
        count(*) = count(listed.value)
        and (
            max(case when listed.field = 'name_part' then 1 else 0 end) = 1
            or (count(*) > 1 and count(distinct words.word) = 1)
            -- Two words of the text that stands for any text: one may be somebody's, and of two such (Dolores
            -- Massa) both may.
            or (
                count(distinct words.word) > 1
                and min(case when listed.field in ('lorem', 'lorem_name') then 1 else 0 end) = 1
                and (
                    count(distinct words.word) > 2
                    or max(case when listed.field = 'lorem' then 1 else 0 end) = 1
                )
            )
            or {{ regex_matches('words.name_text', '[0-9]$') }}
        )
),

-- what no name is in any language: Aa Bbb, X Y, Xqz Bvt, lalala. Some scripts write a name in one sign; in
-- Slavic names an r or l may be the vowel (Vlk Smrž)
shaped as (
    select name_text
    from words
    where word is not null
    group by name_text
    having
        (
            max(length(replace(word, left(word, 1), ''))) = 0
            and (
                min(length(word)) >= 3
                or (
                    count(*) > 1
                    and min(case when {{ regex_matches('word', '^[a-zа-яα-ω]+$') }} then 1 else 0 end) = 1
                )
            )
        )
        or (
            count(*) > 1 and sum(length(word)) >= 6
            and min(case
                when
                    {{ regex_matches('word', '^' ~ consonant ~ '+$') }}
                    and not {{ regex_matches('word', '^' ~ consonant ~ '{1,3}[rl]' ~ consonant ~ '{1,2}$') }}
                    then 1
                else 0
            end) = 1
        )
        or max(case when length(word) >= 6 and replace(word, left(word, 2), '') = '' then 1 else 0 end) = 1
        or max(case when length(word) >= 9 and replace(word, left(word, 3), '') = '' then 1 else 0 end) = 1
),

keyboard as (
    select string_agg(value, ' ' order by value) as key_rows from listed
    where field = 'key_row'
),

-- one such word is enough: an insult, five keys in their order; three keys are where no word is anything else
spoiled as (
    select
        found.name_text,
        min(found.reason) as reason
    from (
        select
            words.name_text,
            listed.reason
        from words
        inner join listed on words.word = listed.value and listed.field = 'name_any'
        union all
        select
            words.name_text,
            'Keys beside each other: nobody is called so' as reason
        from words
        cross join keyboard
        where words.word is not null
        group by words.name_text
        having
            max(case
                when length(words.word) >= 5 and strpos(keyboard.key_rows, words.word) > 0 then 1
                else 0
            end) = 1
            or (
                count(*) > 1
                and min(case
                    when length(words.word) >= 3 and strpos(keyboard.key_rows, words.word) > 0 then 1
                    else 0
                end) = 1
            )
    ) as found
    group by found.name_text
),

-- "I dont want calls": one such word may be somebody's in some language, two are not
spoken as (
    select words.name_text
    from words
    inner join listed on words.word = listed.value and listed.field = 'sentence_word'
    group by words.name_text
    having count(distinct words.word) > 1
),

-- found by the first word of the advertisement
advertisements as (
    select distinct words.name_text
    from words
    inner join listed
        on
        words.word = {{ dbt.split_part('listed.value', "' '", 1) }}
        and strpos(' ' || words.name_text || ' ', ' ' || listed.value || ' ') > 0
    where listed.field in ('spam', 'spam_name')
),

-- James Bond of Bond Electrical Services, at bondelectrical.co.uk: a firm with the family name that says
-- what it does is its bearer's. Not Stark Industries, nor whoever is called Mustermann
own_firms as (
    select distinct named.lead_id
    from (
        select
            leads.lead_id,
            {{ second_word }} as family,
            replace(leads.domain, '-', '') as domain,
            {{ rows_of_words(regex_replace('leads.company_text', legal_forms(), '')) }} as word
        from leads
        inner join listed on leads.name_text = listed.value and listed.field = 'borne_name'
        left join listed as films on leads.company_text = films.value and films.field = 'company_test'
        left join listed as withheld
            on
            {{ second_word }} = withheld.value
            and withheld.field in ('name_part', 'name_part_weak')
        where
            films.value is null and withheld.value is null
            and strpos(' ' || leads.company_text || ' ', ' ' || {{ second_word }} || ' ') > 0
    ) as named
    where
        length(named.word) >= 4 and named.word <> named.family
        and strpos(named.domain, named.family) > 0 and strpos(named.domain, named.word) > 0
),

judged as (
    select
        leads.lead_id,
        leads.name_since,
        leads.name_text,
        {{ regex_matches('leads.full_name', '\\p{L}') }} as has_letters,
        -- what a rep is told; null where the name is none of it
        case
            when whole_names.value is not null and own_firms.lead_id is null then whole_names.reason
            when withheld_twice.name_text is not null then withheld_twice.reason
            when unspaced.name_text is not null then unspaced.reason
            when doubled.name_text is not null then doubled.reason
            when spoiled.name_text is not null then spoiled.reason
            when worded.name_text is not null then 'Every word of it says nothing of a person'
            -- J. M. are initials: somebody's who says so; A. Ö has a short name
            when
                shaped.name_text is not null
                and not {{ regex_matches('leads.full_name', '^\\s*(\\p{Lu}\\.[\\s-]*)+\\p{Lu}?$') }}
                then 'No language has a name that is written like it'
            when {{ regex_matches('leads.name_text', numbered_test) }} then 'It is numbered like a test'
            -- the letters of Hangul on their own
            when {{ regex_matches('leads.full_name', '[ㄱ-ㅎㅏ-ㅣ]{2,}') }}
                then 'Keys beside each other: nobody is called so'
        end as placeholder_reason,
        {{ is_sentence('leads.full_name') }} as is_sentence,
        spoken.name_text is not null as is_spoken,
        coalesce(
            {{ injected_kind('leads.full_name', is_name=true) }},
            -- JamesGex JamesGex, CryptoHek CryptoHekUP, Robertbet RobertbetXS
            case
                when
                    strpos({{ second }}, {{ first }}) = 1
                    and (
                        {{ regex_matches('leads.full_name', '^' ~ robot_word ~ ' ' ~ robot_word ~ '$') }}
                        or (
                            {{ regex_matches('leads.full_name', '^[A-Z][A-Za-z]*[a-z][A-Za-z]* [A-Za-z]+$') }}
                            and {{ regex_matches(
                                'substr(' ~ second ~ ', length(' ~ first ~ ') + 1)', '^[A-Z]{2,3}$'
                            ) }}
                        )
                    )
                    then 'the word of a form robot twice'
            end,
            case when advertisements.name_text is not null then 'an advertisement' end
        ) as injected
    from leads
    left join worded on leads.name_text = worded.name_text
    left join whole_names on leads.name_text = whole_names.value
    left join own_firms on leads.lead_id = own_firms.lead_id
    left join withheld_twice on leads.name_text = withheld_twice.name_text
    left join unspaced on leads.name_text = unspaced.name_text
    left join doubled on leads.name_text = doubled.name_text
    left join shaped on leads.name_text = shaped.name_text
    left join spoiled on leads.name_text = spoiled.name_text
    left join spoken on leads.name_text = spoken.name_text
    left join advertisements on leads.name_text = advertisements.name_text
),

final as (
    select
        {{ lead_flag(
            'name_placeholder', 'name_since',
            "case
                when has_letters
                    then 'The name is a placeholder: \"' || name_text || '\". ' || placeholder_reason || '.'
                else 'The name has no letter in it.'
            end",
            {'placeholder': 'case when has_letters then name_text end', 'reason': 'placeholder_reason'}
        ) }}
    from judged
    where (placeholder_reason is not null or not has_letters) and injected is null
    union all
    select
        {{ lead_flag(
            'name_injected', 'name_since',
            "'The name holds ' || injected || '.'",
            {'found': 'injected'}
        ) }}
    from judged
    where injected is not null
    union all
    select
        {{ lead_flag(
            'name_sentence', 'name_since',
            "case
                when is_spoken then 'The name is a sentence: it has words that no name has.'
                else 'The name is as long as a sentence.'
            end",
            {}
        ) }}
    from judged
    where (is_sentence or is_spoken) and injected is null and placeholder_reason is null
)

select * from final
