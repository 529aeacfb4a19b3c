{# All columns of a relation but some. #}
{% macro all_but(columns, relation='') -%}
    {{ adapter.dispatch('all_but')(columns, relation) }}
{%- endmacro %}

{% macro duckdb__all_but(columns, relation) -%}
    {{ relation ~ '.' if relation }}* exclude ({{ columns | join(', ') }})
{%- endmacro %}

{# Keeps DuckDB from writing out a CTE that is read more than once: each reader takes the few columns
   that it needs instead. #}
{% macro not_materialized() -%}
    {{ adapter.dispatch('not_materialized')() }}
{%- endmacro %}

{% macro default__not_materialized() -%}
{%- endmacro %}

{% macro duckdb__not_materialized() -%}
    not materialized
{%- endmacro %}
