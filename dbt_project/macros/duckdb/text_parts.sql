{# What is DuckDB's own about taking text apart and putting JSON together. #}

{# The same letters without accents. #}
{% macro without_accents(text) -%}
    {{ adapter.dispatch('without_accents')(text) }}
{%- endmacro %}

{% macro duckdb__without_accents(text) -%}
    strip_accents({{ text }})
{%- endmacro %}

{# The same letters, each accent part of its letter: file systems and address books write `ü` in two ways. #}
{% macro composed_letters(text) -%}
    {{ adapter.dispatch('composed_letters')(text) }}
{%- endmacro %}

{% macro duckdb__composed_letters(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{# One row per word of a text whose words are parted by single spaces. #}
{% macro rows_of_words(text) -%}
    {{ adapter.dispatch('rows_of_words')(text) }}
{%- endmacro %}

{% macro duckdb__rows_of_words(text) -%}
    unnest(string_split({{ text }}, ' '))
{%- endmacro %}

{# How many letters are to be changed, left out, put in or exchanged with their neighbour to make one text of another. #}
{% macro letters_apart(text, other) -%}
    {{ adapter.dispatch('letters_apart')(text, other) }}
{%- endmacro %}

{% macro duckdb__letters_apart(text, other) -%}
    damerau_levenshtein({{ text }}, {{ other }})
{%- endmacro %}

{# A JSON object as text; `values`: key to SQL expression. #}
{% macro json_of(values) -%}
    {{ adapter.dispatch('json_of')(values) }}
{%- endmacro %}

{% macro duckdb__json_of(values) -%}
    {%- set pairs = [] -%}
    {%- for key, expression in values.items() -%}
        {%- do pairs.append(sql_text(key) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    cast(json_object({{ pairs | join(', ') }}) as varchar)
{%- endmacro %}

{# A number of 64 bits that stands for several values together, the same in every version of the engine. #}
{% macro number_of_texts(columns) -%}
    {{ adapter.dispatch('number_of_texts')(columns) }}
{%- endmacro %}

{% macro duckdb__number_of_texts(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append("coalesce(cast(" ~ column ~ " as varchar), '')") -%}
    {%- endfor -%}
    md5_number_lower(concat_ws('|', {{ texts | join(', ') }}))
{%- endmacro %}

{# One row per value of up to `count` rows that come next in a window, in a select list. #}
{% macro rows_of_next(value, count, partition_by, order_by) -%}
    {{ adapter.dispatch('rows_of_next')(value, count, partition_by, order_by) }}
{%- endmacro %}

{% macro duckdb__rows_of_next(value, count, partition_by, order_by) -%}
    unnest(list({{ value }}) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between 1 following and {{ count }} following
    ))
{%- endmacro %}
