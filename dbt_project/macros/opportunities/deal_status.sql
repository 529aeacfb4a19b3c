{# open, won or lost, as a status says it in one of its usual words; null for an empty or an unknown one. #}
{% macro deal_status(text) -%}
    {%- set words = "lower(' ' || " ~ text ~ " || ' ')" -%}
    {%- set meanings = {
        'lost': 'lost|not won|verloren|perdue?|perdid[oa]|pers[oa]',
        'won': 'won|gewonnen|gagnée?|ganad[oa]|ganh[oa]|vint[oa]',
        'open': 'open|active|in progress|offen|ouverte?|abiert[oa]|abert[oa]|apert[oa]',
    } -%}
    case
        when {{ words }} like '%won_t %' then null
        {%- for meaning, spellings in meanings.items() %}
        when {{ regex_matches(words, '[^a-z](' ~ spellings ~ ')[^a-z]') }} then '{{ meaning }}'
        {%- endfor %}
    end
{%- endmacro %}
