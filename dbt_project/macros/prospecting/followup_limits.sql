{% macro followup_thresholds() %}
    {{ return([
        'nuisance_attempts', 'nuisance_business_days', 'neglected_business_days', 'token_touches',
        'token_channels', 'idle_days', 'unreachable_attempts',
    ]) }}
{% endmacro %}

{# The limits of the measures of follow-up as one row: `select * from {{ followup_limits() }}`. #}
{% macro followup_limits() -%}
    (
        select
            {%- for threshold in followup_thresholds() %}
            max(case when threshold = '{{ threshold }}' then value end) as {{ threshold }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ ref('followup_thresholds') }}
    )
{%- endmacro %}

{# Status groups of leads that somebody is to work: open, being worked, given up without being closed. #}
{% macro statuses_in_play() -%}
    'open', 'working', 'abandoned'
{%- endmacro %}
