{# What each rule for an event's category asks. In which order, and which category it gives, says the seed
   event_category_rules. #}
{% macro event_rule_conditions() %}
    {{ return({
        'cancelled': "attendance = 'cancelled'",
        'declined': "attendance = 'declined'",
        'out_of_office': "event_type = 'out_of_office'",
        'external_attendees': 'is_external and party_id is not null',
        'title': 'title_category is not null',
        'rep_and_manager': 'is_pair and own_people <= 2 and not is_external',
        'own_domain': 'own_people >= 2 and not is_external',
        'private': 'is_private',
        'focus_time': "event_type = 'focus_time'",
        'none': 'true',
    }) }}
{% endmacro %}

{# The seed as one row: `<rule>_priority`, null where the rule is left out. #}
{% macro event_rule_priorities() %}
    {%- for rule in event_rule_conditions() -%}
        min(case when rule = '{{ rule }}' then priority end) as {{ rule }}_priority{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The priority of the first rule that holds (DuckDB's least() ignores nulls). #}
{% macro first_event_rule() -%}
    least(
    {%- for rule, condition in event_rule_conditions().items() -%}
        case when {{ condition }} then rule_order.{{ rule }}_priority end{{ ', ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}
