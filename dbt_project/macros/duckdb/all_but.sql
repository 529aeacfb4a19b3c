{# All columns of a relation but some. #}
{% macro all_but(columns, relation='') -%}
    {{ adapter.dispatch('all_but')(columns, relation) }}
{%- endmacro %}

{% macro duckdb__all_but(columns, relation) -%}
    {{ relation ~ '.' if relation }}* exclude ({{ columns | join(', ') }})
{%- endmacro %}
