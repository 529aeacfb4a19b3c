{# An e-mail address, in lower case, without what stands behind a plus: ann+crm@acme.io goes to ann@acme.io. Null
   where it has none. #}
{% macro bare_address(address) -%}
    case
        when {{ address }} like '%_+%@%'
            then split_part({{ address }}, '+', 1) || '@' || split_part({{ address }}, '@', 2)
    end
{%- endmacro %}
