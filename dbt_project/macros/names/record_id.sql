{# `instance:native id`, unique over all sources; null where the native id is null. #}
{% macro record_id(source_instance, native_id) -%}
    {{ source_instance }} || ':' || ({{ native_id }})
{%- endmacro %}

{# The same for calendars, whose native ids hold the owner's address: its hash, since ids are published. #}
{% macro calendar_record_id(source_instance, native_id) -%}
    {{ record_id(source_instance, dbt.hash(native_id)) }}
{%- endmacro %}

{# The native id of a record id: what stands after its own instance. #}
{% macro native_id(relation, column) -%}
    substr({{ relation }}.{{ column }}, length({{ relation }}.source_instance) + 2)
{%- endmacro %}
