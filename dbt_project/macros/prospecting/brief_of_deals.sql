{# Findings about a rep's deals. `flagged`: fct_deal_flags with the outcome of the deal; `rotten`:
   rpt_rotten_pipeline; `fake_sold`: one row per fake sale; `slipped`: rpt_slippage of the quarter; `broken`: one
   row per deal with promises that were not kept. #}
{% macro brief_of_deals(flagged, rotten, fake_sold, slipped, broken) %}
    {{ brief_finding(
        'past_close_dates', flagged, 'count(*)', 'sum(amount)',
        counted_text('count(*)', 'open deal') ~ " || ' with a close date that has passed, the oldest since '
        || cast(" ~ reporting_date('min(since)') ~ " as varchar)",
        {'flag': "'past_close_date'"}, 'owner_id', "flag = 'past_close_date'"
    ) }}
    union all
    {{ brief_finding(
        'column_fodder', flagged, 'count(*)', 'sum(amount)',
        counted_text('count(*)', 'open deal') ~ " || ' in which the buyer seems to have chosen somebody else already'",
        {'flag': "'fodder_like'"}, 'owner_id', "flag = 'fodder_like' and outcome = 'open'"
    ) }}
    union all
    {%- set rotten_share = 'sum(rotten_amount) / nullif(sum(evaluated_amount), 0)' %}
    {{ brief_finding(
        'rotten_pipeline', rotten, rotten_share, 'sum(rotten_amount)',
        percent_text(rotten_share) ~ " || ' of the open amount is rotten: ' || "
        ~ counted_text('sum(rotten_count)', 'deal') ~ " || ' with ' || " ~ money_text('sum(rotten_amount)')
    ) }}
    union all
    {{ brief_finding(
        'fake_sales', fake_sold, 'count(*)', 'nullif(sum(full_amount), 0)',
        counted_text('count(*)', 'deal') ~ " || ' of the last 12 months closed as won without revenue to show for it'
        || coalesce(': sold for ' || " ~ money_text('sum(amount)')
        ~ ", ', nor an amount') || coalesce(', paid so far ' || " ~ money_text('sum(paid_amount)') ~ ", '')",
        {'opportunity_id': 'array_agg(opportunity_id order by opportunity_id)'}, 'owner_id'
    ) }}
    union all
    {{ brief_finding(
        'slippage', slipped, 'max(push_rate)', 'max(pushed_amount)',
        "cast(max(pushed_count) as varchar) || ' of ' || " ~ counted_text('max(expected_count)', 'deal')
        ~ " || ' expected in ' || max(fiscal_quarter) || ' were pushed'",
        {'fiscal_quarter': 'max(fiscal_quarter)'}
    ) }}
    union all
    {{ brief_finding(
        'commitments_broken', broken, 'sum(commitments)', 'sum(amount)',
        counted_text('sum(commitments)', 'promise') ~ " || ' of the last 90 days not kept'",
        {'state': "'broken'"}
    ) }}
{% endmacro %}
