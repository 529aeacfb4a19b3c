{# The metrics of rpt_metric_history: name to (value, n), as aggregates over the deals of a rep at the end of a
   month (int_month_end_deals). A rate, a cycle and a won amount look at new business that was closed in the
   twelve months to that end, for the closed deals there are no older ones. #}
{% macro history_metrics() %}
    {%- set is_open = "outcome = 'open'" -%}
    {%- set is_due = is_open ~ ' and close_date is not null' -%}
    {%- set is_closed = 'is_closed and is_new_business' -%}
    {%- set is_won = "outcome = 'won' and is_new_business" -%}
    {%- set is_judged = is_closed ~ ' and is_judged' -%}
    {%- set open_age = 'case when ' ~ is_open ~ ' then ' ~ dbt.datediff('created_on', 'month_end', 'day') ~ ' end' -%}
    {%- set cycle = 'case when ' ~ is_won ~ ' then cycle_days end' -%}
    {%- set won_amount = 'case when ' ~ is_won ~ ' then amount end' -%}
    {{ return({
        'open_count': (count_where(is_open), count_where(is_open)),
        'open_amount': (amount_where(is_open), count_where(is_open ~ ' and amount is not null')),
        'eligible_amount': (amount_where('is_eligible'), count_where('is_eligible')),
        'weighted_amount': (
            amount_where(is_open, 'weighted_amount'), count_where(is_open ~ ' and weighted_amount is not null')
        ),
        'past_close_date_share': (
            ratio(amount_where(is_due ~ ' and close_date < month_end'), amount_where(is_due)),
            count_where(is_due ~ ' and amount is not null')
        ),
        'p50_open_age_days': (shown_quantile(open_age, 0.5), 'count(' ~ open_age ~ ')'),
        'created_count': (count_where('is_created_in_month'), count_where('is_created_in_month')),
        'created_amount': (
            amount_where('is_created_in_month'), count_where('is_created_in_month and amount is not null')
        ),
        'won_count': (count_where("outcome = 'won' and is_closed_in_month"), count_where('is_closed_in_month')),
        'won_amount': (
            amount_where("outcome = 'won' and is_closed_in_month"),
            count_where("outcome = 'won' and is_closed_in_month and amount is not null")
        ),
        'win_rate': (ratio(count_where(is_won), count_where(is_closed)), count_where(is_closed)),
        'amount_win_rate': (
            ratio(amount_where(is_won), amount_where(is_closed)),
            count_where(is_closed ~ ' and amount is not null')
        ),
        'no_decision_rate': (
            ratio(count_where(is_judged ~ " and outcome = 'no_decision'"), count_where(is_judged)),
            count_where(is_judged)
        ),
        'p50_cycle_days': (shown_quantile(cycle, 0.5), 'count(' ~ cycle ~ ')'),
        'p50_won_amount': (shown_quantile(won_amount, 0.5), 'count(' ~ won_amount ~ ')'),
    }) }}
{% endmacro %}
