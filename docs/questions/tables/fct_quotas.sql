-- Question: What is the quota of each quarter, and of how many reps?
select fiscal_quarter, count(*) as reps, sum(quota_amount) as quota_amount
from fct_quotas
group by fiscal_quarter
order by fiscal_quarter;
