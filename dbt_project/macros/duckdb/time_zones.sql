{# True where the database knows the time zone: converting with one that it does not know is an error. #}
{% macro is_time_zone(name) -%}
    {{ adapter.dispatch('is_time_zone')(name) }}
{%- endmacro %}

{% macro duckdb__is_time_zone(name) -%}
    {{ name }} in (select zones.name from pg_timezone_names() as zones)
{%- endmacro %}
