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
