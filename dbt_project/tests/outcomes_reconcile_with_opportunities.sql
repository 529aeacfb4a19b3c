-- Every closed deal is in rpt_outcomes and every deal in rpt_outcome_cohorts, once and with its amount.
with deals as (
    select
        count(*) as deal_count,
        {%- for outcome in ['won', 'lost', 'no_decision'] %}
            count(case when outcome = '{{ outcome }}' then 1 end) as {{ outcome }}_count,
            coalesce(sum(case when outcome = '{{ outcome }}' then amount end), 0) as {{ outcome }}_amount,
        {%- endfor %}
        count(case when outcome != 'open' then 1 end) as closed_count,
        coalesce(sum(case when outcome != 'open' then amount end), 0) as closed_amount
    from {{ ref('fct_opportunities') }}
),

outcomes as (
    select
        {%- for outcome in ['won', 'lost', 'no_decision', 'closed'] %}
            coalesce(sum({{ outcome }}_count), 0) as {{ outcome }}_count,
            coalesce(sum({{ outcome }}_amount), 0) as {{ outcome }}_amount,
        {%- endfor %}
        coalesce(sum(won_count + lost_count + coalesce(no_decision_count, 0)), 0) as parts_count
    from {{ ref('rpt_outcomes') }}
),

cohorts as (
    select
        coalesce(sum(created_count), 0) as deal_count,
        coalesce(sum(won_count + lost_count + coalesce(no_decision_count, 0) + open_count), 0) as parts_count
    from {{ ref('rpt_outcome_cohorts') }}
)

select
    deals.*,
    outcomes.*,
    cohorts.*
from deals
cross join outcomes
cross join cohorts
where
    deals.closed_count != outcomes.parts_count
    or deals.deal_count != cohorts.deal_count
    or deals.deal_count != cohorts.parts_count
    or deals.won_count != outcomes.won_count
    or deals.lost_count != outcomes.lost_count
    or deals.no_decision_count != outcomes.no_decision_count
    or deals.closed_count != outcomes.closed_count
    or deals.won_amount != outcomes.won_amount
    or deals.lost_amount != outcomes.lost_amount
    or deals.no_decision_amount != outcomes.no_decision_amount
    or deals.closed_amount != outcomes.closed_amount
