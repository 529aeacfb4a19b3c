{# Steps of the prospecting funnel, the first first. #}
{% macro funnel_steps() %}
    {{ return(['touched', 'connected', 'meeting_held', 'opportunity', 'won']) }}
{% endmacro %}
