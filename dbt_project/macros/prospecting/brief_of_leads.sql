{# Findings about a rep's leads. `leads`: rpt_lead_followup without fake ones, each with what a lead has brought on
   average (lead_amount) and whether its first touch is overdue (is_late). #}
{% macro brief_of_leads(leads) %}
    {%- set told_verdicts = "['trusted', 'stale', 'suspect']" %}
    {{ brief_finding(
        'neglected_leads', leads, 'count(*)', 'sum(lead_amount)',
        counted_text('count(*)', 'lead') ~ " || ' in play past their limit'
        || " ~ of_them_text('count(case when is_late then 1 end)', 'count(*)', 'never touched'),
        {
            'cadence_band': "['neglected', 'untouched']",
            'status_group': '[' ~ statuses_in_play() ~ ']', 'verdict': told_verdicts
        },
        'owner_id',
        "status_group in (" ~ statuses_in_play() ~ ")
        and (cadence_band = 'neglected' or (cadence_band = 'untouched' and is_late))"
    ) }}
    union all
    {%- set tokens = 'count(case when is_token_effort then 1 end)' %}
    {{ brief_finding(
        'token_efforts', leads, tokens ~ ' * 1.0 / nullif(count(*), 0)',
        'sum(case when is_token_effort then lead_amount end)',
        "cast(" ~ tokens ~ " as varchar) || ' of ' || " ~ counted_text('count(*)', 'touched lead') ~ " || ' got a token effort'
        || " ~ of_them_text("count(case when is_token_effort and later_outcome <> 'none' then 1 end)", tokens, 'won by others later'),
        {'is_token_effort': 'true'}, 'owner_id', 'touches > 0'
    ) }}
    union all
    {{ brief_finding(
        'recontacts_overdue', leads, 'count(*)', 'sum(lead_amount)',
        counted_text('count(*)', 'lead') ~ " || ' named a day to be called that has passed, and nobody called'",
        {'is_recontact_overdue': 'true', 'verdict': told_verdicts}, 'owner_id', 'is_recontact_overdue'
    ) }}
{% endmacro %}
