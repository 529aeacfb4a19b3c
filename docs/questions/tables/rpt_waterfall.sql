-- Question: How did the open pipeline get from the start of a month to its end?
select
    month_start, sum(start_amount) as start_amount, sum(created_amount + reopened_amount) as new_amount,
    sum(increased_amount - decreased_amount) as changed_amount, sum(won_amount) as won_amount,
    sum(lost_amount + no_decision_amount) as lost_amount, sum(end_amount) as end_amount
from rpt_waterfall
where scope = 'all_open'
group by month_start
order by month_start desc;
