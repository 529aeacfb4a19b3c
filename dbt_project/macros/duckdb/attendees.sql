{# The answer of one person in a JSON list of attendees, null where the person is not on it.
   `key`: how the source calls the answer. #}
{% macro attendee_answer(attendees, address, key) -%}
    {{ adapter.dispatch('attendee_answer')(attendees, address, key) }}
{%- endmacro %}

{% macro duckdb__attendee_answer(attendees, address, key) -%}
    list_filter(
        {{ try_cast_to(attendees, 'json[]') }},
        lambda attendee: lower(attendee ->> 'email') = lower({{ address }})
    )[1] ->> '{{ key }}'
{%- endmacro %}
