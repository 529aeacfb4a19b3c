-- Question: How many trusted leads did each source bring in each month?
select date_trunc('month', created_at)::date as month_start, lead_source, count(*) as trusted_count
from leads_trusted
group by all
order by month_start desc, trusted_count desc, lead_source;
