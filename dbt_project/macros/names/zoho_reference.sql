{# A reference to a record in Zoho's export; 0 refers to nothing. #}
{% macro zoho_reference(column) -%}
    {{ record_id('_source_instance', 'nullif(' ~ column ~ ", '0')") }}
{%- endmacro %}
