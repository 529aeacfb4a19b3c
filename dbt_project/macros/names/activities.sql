{# Kinds of activity by which a person is reached. #}
{% macro touch_kinds() -%}
    'call', 'email', 'message', 'meeting'
{%- endmacro %}

{# Statuses, in lower case, that say an activity took place. #}
{% macro done_statuses() -%}
    'completed', 'complete', 'done', 'finished', 'held', 'sent', 'delivered', 'opened', 'clicked', 'replied',
    'closed', 'true', 'erledigt', 'abgeschlossen'
{%- endmacro %}

{# Statuses, in lower case, that say an activity did not take place (yet). #}
{% macro not_done_statuses() -%}
    'open', 'new', 'planned', 'scheduled', 'not started', 'not_started', 'in progress', 'in_progress', 'pending',
    'waiting', 'deferred', 'postponed', 'rescheduled', 'overdue', 'cancelled', 'canceled', 'declined', 'failed',
    'bounced', 'draft', 'sending', 'queued', 'ringing', 'connecting', 'calling_crm_user', 'not done',
    'not completed', 'no_show', 'no show', 'skipped', 'false', 'offen', 'geplant', 'nicht begonnen',
    'in bearbeitung', 'verschoben', 'abgesagt', 'storniert'
{%- endmacro %}

{# True where an activity took place. CRMs have words of their own for how it went (`No answer`, `Left
   voicemail`): where the source says when it was, it was, unless the status denies it. #}
{% macro took_place(status='status', precision='occurred_at_precision') -%}
    (
        coalesce({{ status }}, 'completed') in ({{ done_statuses() }})
        or coalesce({{ precision }} <> 'logged' and {{ status }} not in ({{ not_done_statuses() }}), false)
    )
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
