-- Question: How long do leads stay in a status?
select
    status, count(*) as stays_n,
    case when count(*) >= 5 then quantile_cont(date_diff('day', valid_from, valid_to), 0.5) end as p50_days
from fct_lead_versions
where valid_to is not null and not is_current
group by status
order by stays_n desc, status;
