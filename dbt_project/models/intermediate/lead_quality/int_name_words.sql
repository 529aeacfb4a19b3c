-- Grain: distinct word of a lead's name, company or address that is written in four Latin letters or more.
-- A word is judged once, and again when the weights have changed.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='word', on_schema_change='fail'
) }}
{% set marked = "'^' || word || '$'" -%}

with weights as (
    select * from {{ ref('name_character_weights') }}
),

-- Pfaff, Urrutikoetxea: people are called so, whatever the model makes of the letters
borne as (
    select distinct {{ latin_letters(comparable_text('value')) }} as word
    from {{ ref('lead_placeholder_values') }}
    where field = 'borne_word'
),

judging as (
    select characters, weight from weights
    union all
    select word, 0 as weight from borne
),

judged_with as (
    select
        cast(count(*) as varchar) || ' weights, sum ' || cast(sum(weight) as varchar)
        || ', letters ' || cast(sum(length(characters)) as varchar) as judged_with
    from judging
),

leads as (
    select * from {{ ref('int_leads_to_judge') }}
),

written as (
    select distinct email from leads
),

texts as (
    select full_name as value from leads
    where full_name is not null
    union distinct
    select company from leads
    where company is not null
    union distinct
    -- digits part words: werw335
    select {{ regex_replace("local_part || ' ' || coalesce(domain, '')", '[0-9]+', ' ') }} as value
    from {{ ref('int_email_addresses') }} as addresses
    inner join written on addresses.email = written.email
    where addresses.problem is null
),

parted as (
    select distinct {{ rows_of_words(latin_letters(comparable_text('value'))) }} as word
    from texts
),

words as (
    select
        parted.word,
        judged_with.judged_with
    from parted
    cross join judged_with
    where
        {{ regex_matches('parted.word', '^[a-z]{4,40}$') }}
        {% if is_incremental() %}
            and not exists (
                select 1 from {{ this }} as known
                where known.word = parted.word and known.judged_with = judged_with.judged_with
            )
        {% endif %}
),

starts as (
    select
        word,
        judged_with,
        {{ rows_of_numbers('length(word) + 1') }} + 1 as start_at
    from words
),

parts as (
    select
        word,
        judged_with,
        substr({{ marked }}, cast(start_at as integer), 2) as characters
    from starts
    union all
    select
        word,
        judged_with,
        substr({{ marked }}, cast(start_at as integer), 3) as characters
    from starts
    where start_at <= length(word)
),

final as (
    select
        parts.word,
        parts.judged_with,
        least(
            cast(coalesce(sum(weights.weight), 0) as double),
            case when max(borne.word) is not null then 0 end
        ) as gibberish_score
    from parts
    left join weights on parts.characters = weights.characters
    left join borne on parts.word = borne.word
    group by parts.word, parts.judged_with
)

select * from final
