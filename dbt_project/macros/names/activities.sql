{# Kinds of activity by which a person is reached. #}
{% macro touch_kinds() -%}
    'call', 'email', 'message', 'meeting'
{%- endmacro %}

{# Statuses, in lower case, that say an activity took place. #}
{% macro done_statuses() -%}
    'completed', 'done', 'held', 'sent', 'delivered', 'opened', 'clicked', 'replied', 'closed', 'true'
{%- endmacro %}

{# True where the disposition of a call says that a person was reached (`Not interested` does,
   `No answer` and `Left voicemail` do not). #}
{% macro says_connected(disposition) -%}
    {%- set no_one = '(no|not|never|un|dis)[^a-z]*(answer|connect|reach|talk|available)|left|voice|machine|busy|wrong' -%}
    {{ regex_matches('lower(' ~ disposition ~ ')', 'connect|answer|spoke|reach|talk|meeting|interest|convers') }}
    and not {{ regex_matches('lower(' ~ disposition ~ ')', no_one) }}
{%- endmacro %}

{# True where the subject of a message is that of an automatic reply: nobody has answered. #}
{% macro says_automatic_reply(subject) -%}
    {{ regex_matches('lower(' ~ subject ~ ')', '^(re: ?)?(automatic reply|auto[- ]?reply|out of office)') }}
{%- endmacro %}
