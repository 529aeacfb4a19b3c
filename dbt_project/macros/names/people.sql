{# A person's whole name: as given, else put together; null where there is none. #}
{% macro full_name(relation) -%}
    coalesce(
        {{ relation }}.full_name,
        nullif(trim(coalesce({{ relation }}.first_name, '') || ' ' || coalesce({{ relation }}.last_name, '')), '')
    )
{%- endmacro %}

{# A user's whole name: as given, else put together. #}
{% macro user_name(relation) -%}
    coalesce(
        {{ relation }}.user_name,
        nullif(trim(coalesce({{ relation }}.first_name, '') || ' ' || coalesce({{ relation }}.last_name, '')), '')
    )
{%- endmacro %}

{# How a text that refers to a person is compared, on both sides: in lower case, one blank for all white space,
   the address alone of `Ann Archer <ann@acme.io>` and `mailto:ann@acme.io`, `Archer, Ann` as `ann archer`. #}
{% macro person_text(text) -%}
    {%- set plain = 'lower(trim('
        ~ regex_replace(composed_letters(text), '[\\s\\x{00A0}\\x{2007}\\x{202F}]+', ' ') ~ '))' -%}
    case
        when {{ regex_matches(plain, '<(mailto:)?[^<>@ ]+@[^<>@ ]+>') }}
            then {{ regex_extract(plain, '<(?:mailto:)?([^<>@ ]+@[^<>@ ]+)>') }}
        when {{ plain }} like 'mailto:%' then substr({{ plain }}, 8)
        when {{ regex_matches(plain, '^[^,@]+, ?[^,@]+$') }}
            then {{ regex_replace(plain, '^([^,]+), ?([^,]+)$', '\\2 \\1') }}
        else {{ plain }}
    end
{%- endmacro %}
