{# Whether names, addresses and numbers of leads are published (PUBLISH_CONTACT_DETAILS). #}
{% macro publish_contact_details() %}
    {{ return(build_manifest().get('publish_contact_details', false)) }}
{% endmacro %}

{# A column that identifies a person: null unless it was chosen to publish it. #}
{% macro contact_detail(column) -%}
    {%- if publish_contact_details() | string | lower == 'true' -%}
        {{ column }}
    {%- else -%}
        cast(null as varchar)
    {%- endif -%}
{%- endmacro %}

{# An address as it may be shown: j***@acme.io. Of a text that is no address the domain is shown only
   where something stood before it: without an @ int_email_addresses gives the whole text as both parts. #}
{% macro masked_address(local_part, domain) -%}
    left({{ local_part }}, 1) || '***'
    || case
        when right({{ local_part }}, length({{ domain }})) <> {{ domain }}
            and {{ regex_matches(domain, '^[a-z0-9.-]+[.][a-z0-9-]+$') }}
            then '@' || {{ domain }}
        else ''
    end
{%- endmacro %}
