{# The answer of one person in a JSON list of attendees, null where the person is not on it.
   `key`: how the source calls the answer. Google marks the person whose calendar it is (`self`), who may have been
   invited under another address. #}
{% macro attendee_answer(attendees, address, key) -%}
    {{ adapter.dispatch('attendee_answer')(attendees, address, key) }}
{%- endmacro %}

{% macro duckdb__attendee_answer(attendees, address, key) -%}
    list_filter(
        {{ try_cast_to(attendees, 'json[]') }},
        lambda attendee: coalesce(attendee ->> 'self', '') = 'true'
            or coalesce(lower(attendee ->> 'email') = lower({{ address }}), false)
    )[1] ->> '{{ key }}'
{%- endmacro %}

{# Microsoft Graph's list of attendees as a JSON list of {email, response, type}. #}
{% macro graph_attendees(attendees) -%}
    {{ adapter.dispatch('graph_attendees')(attendees) }}
{%- endmacro %}

{% macro duckdb__graph_attendees(attendees) -%}
    cast(to_json(list_transform(
        {{ try_cast_to(attendees, 'json[]') }},
        lambda attendee: {
            'email': attendee ->> '$.emailAddress.address',
            'response': attendee ->> '$.status.response',
            'type': attendee ->> '$.type'
        }
    )) as varchar)
{%- endmacro %}

{# Pipedrive's list of attendees as a JSON list of {email, response}; null where nobody was invited. #}
{% macro pipedrive_attendees(attendees) -%}
    {{ adapter.dispatch('pipedrive_attendees')(attendees) }}
{%- endmacro %}

{% macro duckdb__pipedrive_attendees(attendees) -%}
    cast(to_json(list_transform(
        nullif({{ try_cast_to(attendees, 'json[]') }}, []),
        lambda attendee: {
            'email': attendee ->> '$.email',
            'response': case attendee ->> '$.status' when 'noreply' then 'needs_action' else attendee ->> '$.status' end
        }
    )) as varchar)
{%- endmacro %}

{# The answer of a user in Pipedrive's list of attendees, null where there is none. #}
{% macro pipedrive_answer(attendees, user_id) -%}
    {{ adapter.dispatch('pipedrive_answer')(attendees, user_id) }}
{%- endmacro %}

{% macro duckdb__pipedrive_answer(attendees, user_id) -%}
    nullif(list_filter(
        {{ try_cast_to(attendees, 'json[]') }},
        lambda attendee: coalesce(attendee ->> '$.user_id' = {{ user_id }}, false)
    )[1] ->> '$.status', 'noreply')
{%- endmacro %}
