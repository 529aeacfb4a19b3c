{# `instance:native id`, unique over all sources; null where the native id is null. #}
{% macro record_id(source_instance, native_id) -%}
    {{ source_instance }} || ':' || ({{ native_id }})
{%- endmacro %}
