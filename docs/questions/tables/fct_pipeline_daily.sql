-- Question: What was the eligible pipeline worth at the end of each month?
select snapshot_date, count(*) as deals, sum(amount) as amount, sum(weighted_amount) as weighted_amount
from fct_pipeline_daily
where is_eligible and (snapshot_date = last_day(snapshot_date) or snapshot_date = (select max(snapshot_date) from fct_pipeline_daily))
group by snapshot_date
order by snapshot_date;
