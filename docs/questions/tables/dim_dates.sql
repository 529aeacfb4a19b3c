-- Question: How many business days has each fiscal quarter, and how many are over?
select
    fiscal_quarter, count(*) filter (where is_business_day) as business_days,
    count(*) filter (where is_business_day and is_past) as past_business_days
from dim_dates
group by fiscal_quarter
order by fiscal_quarter;
