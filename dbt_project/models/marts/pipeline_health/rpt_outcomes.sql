-- Overdue: still open although its close date has passed. It stands in the quarter of that date.
with

deals as (

    select
        opportunities.owner_id as rep_id,
        opportunities.segment,
        opportunities.lead_source,
        opportunities.opportunity_type,
        opportunities.outcome,
        opportunities.amount,
        opportunities.outcome != 'open' as is_closed,
        coalesce(features.has_no_decisions, false) as is_judged,
        coalesce(features.has_opportunity_close_date, false) as has_close_dates,
        case
            when opportunities.outcome = 'open' then opportunities.close_date
            else {{ reporting_date('opportunities.closed_at') }}
        end as outcome_day
    from {{ ref('fct_opportunities') }} as opportunities
    left join {{ ref('int_source_features') }} as features
        on opportunities.source_instance = features.source_instance
    where opportunities.outcome != 'open' or opportunities.close_date < {{ as_of_date() }}

),

grouped as (

    select
        {{ fiscal_quarter_start('outcome_day') }} as fiscal_quarter_start,
        {{ fiscal_quarter('outcome_day') }} as fiscal_quarter,
        rep_id,
        segment,
        lead_source,
        opportunity_type,
        {%- for outcome, condition in {
            'won': "outcome = 'won'", 'lost': "outcome = 'lost'", 'no_decision': "outcome = 'no_decision'",
            'closed': 'is_closed', 'overdue_open': 'not is_closed',
        }.items() %}
            count(case when {{ condition }} then 1 end) as {{ outcome }}_count,
            {{ amount_where(condition) }} as {{ outcome }}_amount,
        {%- endfor %}
        count(case when is_closed and is_judged then 1 end) as judged_count,
        {{ amount_where('is_closed and is_judged') }} as judged_amount,
        max(cast(is_judged as integer)) = 1 as is_judged,
        max(cast(has_close_dates as integer)) = 1 as has_close_dates
    from deals
    group by 1, 2, 3, 4, 5, 6

),

-- what no source of a group can tell is unknown, and not zero
known as (

    select
        {{ all_but([
            'no_decision_count', 'no_decision_amount', 'overdue_open_count', 'overdue_open_amount'
        ], 'grouped') }},
        case when grouped.is_judged then grouped.no_decision_count end as no_decision_count,
        case when grouped.is_judged then grouped.no_decision_amount end as no_decision_amount,
        case when grouped.has_close_dates then grouped.overdue_open_count end as overdue_open_count,
        case when grouped.has_close_dates then grouped.overdue_open_amount end as overdue_open_amount
    from grouped

)

select
    fiscal_quarter,
    fiscal_quarter_start,
    rep_id,
    segment,
    lead_source,
    opportunity_type,
    won_count,
    lost_count,
    no_decision_count,
    closed_count,
    overdue_open_count,
    won_amount,
    lost_amount,
    no_decision_amount,
    closed_amount,
    overdue_open_amount,
    {%- for measure, name in {'count': '', 'amount': 'amount_'}.items() %}
        {{ ratio('won_' ~ measure, 'closed_' ~ measure) }} as {{ name }}win_rate,
        {{ ratio('won_' ~ measure, 'won_' ~ measure ~ ' + lost_' ~ measure) }} as {{ name }}decided_win_rate,
        {{ ratio('no_decision_' ~ measure, 'judged_' ~ measure) }} as {{ name }}no_decision_rate,
        {{ ratio('won_' ~ measure, 'closed_' ~ measure ~ ' + overdue_open_' ~ measure) }}
            as {{ name }}strict_win_rate,
    {%- endfor %}
    {{ as_of() }} as as_of
from known
