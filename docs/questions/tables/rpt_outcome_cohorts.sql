-- Question: Of the deals created in a quarter, how many have been won by now, and how many are still open?
select
    fiscal_quarter, sum(created_count) as created_count, sum(won_count) as won_count, sum(lost_count) as lost_count,
    sum(no_decision_count) as no_decision_count, sum(open_count) as open_count,
    round(sum(won_count) / nullif(sum(created_count), 0), 3) as won_share
from rpt_outcome_cohorts
group by fiscal_quarter
order by fiscal_quarter;
