-- Question: How did the share of open deals past their close date develop, over all reps?
select month_end, quantile_cont(value, 0.5) as p50_share_over_reps, max(value) as worst_share, count(value) as reps
from rpt_metric_history
where metric = 'past_close_date_share'
group by month_end
order by month_end;
