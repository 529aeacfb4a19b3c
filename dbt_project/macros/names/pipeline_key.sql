{# A deal's pipeline, `instance:default` where the CRM knows no pipelines. #}
{% macro pipeline_key(relation) -%}
    coalesce({{ relation }}.pipeline_id, {{ record_id(relation ~ '.source_instance', "'default'") }})
{%- endmacro %}
