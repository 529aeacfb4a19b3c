{# Systems that are people's calendars; meetings of every other one were entered in a CRM. #}
{% macro calendar_systems() -%}
    'icalendar', 'google_calendar', 'microsoft_calendar'
{%- endmacro %}
