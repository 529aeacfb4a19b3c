{# The value of the last row of a named window in which `is_said` holds, in a select list; null where that value
   is, and where it never held. #}
{% macro last_said(value, is_said, window) -%}
    {{ adapter.dispatch('last_said')(value, is_said, window) }}
{%- endmacro %}

{# In a list, since `ignore nulls` would pass over a value that is said to be empty. #}
{% macro duckdb__last_said(value, is_said, window) -%}
    (last_value(case when {{ is_said }} then [{{ value }}] end ignore nulls) over {{ window }})[1]
{%- endmacro %}
