{# The own mail domains as the inside of an SQL `in (…)`; never empty. #}
{% macro own_domains_list() -%}
    {%- set literals = [] -%}
    {%- for domain in own_domains() -%}
        {%- do literals.append(sql_text(domain)) -%}
    {%- endfor -%}
    {{ literals | join(', ') if literals else "''" }}
{%- endmacro %}
