{# A Salesforce id in its 18 characters. Exports write a null reference as fifteen zeros and AAA; an
   id of 15 characters (case-sensitive) gets the suffix that says which of them are capitals. #}
{% macro salesforce_id(column) -%}
    {%- set id = adapter.quote(column) if execute else column -%}
    case
        when {{ id }} like '000000000000000%' then null
        when length({{ id }}) = 15
            then {{ id }}
            {%- for part in range(3) %}
            || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1
                {%- for bit in range(5) %}
                + case when substr({{ id }}, {{ part * 5 + bit + 1 }}, 1) between 'A' and 'Z' then {{ 2 ** bit }} else 0 end
                {%- endfor %}, 1)
            {%- endfor %}
        else {{ id }}
    end
{%- endmacro %}

{# The 15 characters of an id of 18, as Salesforce's reports show it. #}
{% macro salesforce_short_id(column) -%}
    substr({{ column }}, 1, 15)
{%- endmacro %}

{# The same as a record's id in all sources. #}
{% macro salesforce_record(column) -%}
    {{ record_id('_source_instance', salesforce_id(column)) }}
{%- endmacro %}

{# The owner in a field's history, which holds either the id or the name: a name of fifteen characters stays. #}
{% macro salesforce_owner(column) -%}
    case
        when {{ regex_matches(adapter.quote(column), '^(005|00G)[A-Za-z0-9]{12}$') }} then {{ salesforce_id(column) }}
        else {{ adapter.quote(column) }}
    end
{%- endmacro %}
