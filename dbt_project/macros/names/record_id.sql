{# `instance:native id`, unique over all sources; null where the native id is null. #}
{% macro record_id(source_instance, native_id) -%}
    {{ source_instance }} || ':' || ({{ native_id }})
{%- endmacro %}

{# The native id of a record id: what stands after its own instance. #}
{% macro native_id(relation, column) -%}
    substr({{ relation }}.{{ column }}, length({{ relation }}.source_instance) + 2)
{%- endmacro %}
