{# Renewals are won by waiting: win rates, cycles and coverage look at the other deals. #}
{% macro is_new_business(opportunity_type='opportunity_type') -%}
    {{ opportunity_type }} in ('new', 'expansion')
{%- endmacro %}
