{# What is DuckDB's own about taking text apart and putting JSON together. #}

{# The same letters without accents. #}
{% macro without_accents(text) -%}
    {{ adapter.dispatch('without_accents')(text) }}
{%- endmacro %}

{% macro duckdb__without_accents(text) -%}
    strip_accents({{ text }})
{%- endmacro %}

{# One row per word of a text whose words are parted by single spaces. #}
{% macro rows_of_words(text) -%}
    {{ adapter.dispatch('rows_of_words')(text) }}
{%- endmacro %}

{% macro duckdb__rows_of_words(text) -%}
    unnest(string_split({{ text }}, ' '))
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
