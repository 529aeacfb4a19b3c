{# One row per whole number from 0 to `count` - 1, in a select list. #}
{% macro rows_of_numbers(count) -%}
    {{ adapter.dispatch('rows_of_numbers')(count) }}
{%- endmacro %}

{% macro duckdb__rows_of_numbers(count) -%}
    unnest(range({{ count }}))
{%- endmacro %}
