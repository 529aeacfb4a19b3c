{# Findings about where time goes: the rep's, the buyers' executives' and the manager's. `prospecting`:
   rpt_prospecting_time with the deal amount created per hour (hour_amount); `tunnels`: the week of rpt_attention
   with tunnel vision now; `meetings`: those with executives that can be
   judged, numbered per deal (nth); `coaching`: the rep's row of
   rpt_coaching of the last month. #}
{% macro brief_of_time(prospecting, tunnels, meetings, coaching) %}
    {{ brief_finding(
        'prospecting_gap', prospecting, 'max(claim_gap)', 'max(claim_gap * available_hours * hour_amount)',
        percent_text('max(claimed_share)') ~ " || ' of working time claimed for prospecting, '
        || " ~ percent_text('max(done_share)') ~ " || ' done in the last ' || " ~ days_text('max(measured_cycle_days)')
    ) }}
    union all
    {{ brief_finding(
        'blocks_unused', prospecting, 'max(1 - block_use_rate)',
        'max((1 - block_use_rate) * scheduled_hours * hour_amount)',
        "cast(max(blocks_reserved - blocks_used) as varchar) || ' of '
        || " ~ counted_text('max(blocks_reserved)', 'prospecting block') ~ " || ' went by with little or nothing done'"
    ) }}
    union all
    {{ brief_finding(
        'tunnel_vision', tunnels, 'max(top_opportunity_share)', 'max(2 * usual_created_amount)',
        percent_text('max(top_opportunity_share)') ~ " || ' of the time for deals in the week of '
        || cast(max(week_start) as varchar) || ' went to a single one, as in the week before, and no deal was created'
        || coalesce('; open and untouched for 14 days: ' || " ~ counted_text('nullif(max(neglected_open_count), 0)', 'deal') ~ ", '')",
        {'week_start': 'max(week_start)'}
    ) }}
    union all
    {%- set lost = 'count(case when is_lost then 1 end)' %}
    {{ brief_finding(
        'executives_left', meetings, lost ~ ' * 1.0 / nullif(count(*), 0)',
        'sum(case when is_lost and nth = 1 then open_amount end)',
        "cast(" ~ lost ~ " as varchar) || ' of ' || " ~ counted_text('count(*)', 'meeting')
        ~ " || ' with executives in the last 90 days brought neither a follow-up within 48 business hours nor a next step'",
        {'meeting_id': 'array_agg(meeting_id order by meeting_id) filter (where is_lost)'}
    ) }}
    union all
    {{ brief_finding(
        'deals_unreviewed', coaching, 'max(unreviewed_amount / nullif(open_amount, 0))', 'max(unreviewed_amount)',
        "'The manager looked at ' || cast(max(deals_reviewed_count) as varchar) || ' of '
        || " ~ counted_text('max(deals_open_count)', 'open deal') ~ " || ' in ' || left(cast(max(month_start) as varchar), 7)
        || '; ' || " ~ money_text('max(unreviewed_amount)') ~ " || ' were left to the rep alone'",
        {'manager_id': 'max(manager_id)', 'month_start': 'max(month_start)'}
    ) }}
{% endmacro %}
