{# Kinds of activity by which a person is reached. #}
{% macro touch_kinds() -%}
    'call', 'email', 'message', 'meeting'
{%- endmacro %}

{# Statuses, in lower case, that say an activity took place. #}
{% macro done_statuses() -%}
    'completed', 'done', 'held', 'sent', 'delivered', 'opened', 'clicked', 'replied', 'closed', 'true'
{%- endmacro %}
