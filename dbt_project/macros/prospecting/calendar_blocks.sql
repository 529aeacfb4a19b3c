{# What an event of fct_calendar_events means for a rep's working time. #}

{# Whether it is an absence, which takes working time away, and not a break or an errand. An export without types
   keeps the title: no break lasts for half a working day. Of what is private nobody knows. #}
{% macro is_absence() -%}
    (
        category_rule = 'out_of_office'
        or (
            category = 'personal_or_out'
            and category_rule <> 'private'
            and (is_all_day or duration_minutes >= 240)
        )
    )
{%- endmacro %}

{# Whether it is time that the rep keeps free for prospecting, not a meeting with a lead. #}
{% macro is_prospecting_block() -%}
    (category = 'prospecting' and category_rule <> 'external_attendees')
{%- endmacro %}
