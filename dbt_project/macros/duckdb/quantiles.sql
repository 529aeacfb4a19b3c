{# An interpolated quantile, as an aggregate. #}
{% macro quantile(expression, share) -%}
    {{ adapter.dispatch('quantile')(expression, share) }}
{%- endmacro %}

{% macro duckdb__quantile(expression, share) -%}
    quantile_cont({{ expression }}, {{ share }})
{%- endmacro %}
