-- Question: Which open deals have had their close date moved most often?
select opportunity_id, count(distinct close_date) - 1 as moves, min(close_date) as first_date, max(close_date) as last_date
from fct_opportunity_versions
group by opportunity_id
having bool_or(is_current and outcome = 'open')
order by moves desc, opportunity_id
limit 20;
