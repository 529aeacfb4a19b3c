-- Question: How many contacts can be reached, by seniority?
select seniority, count(*) as contact_count, count(*) filter (where is_reachable) as reachable_count
from dim_contacts
group by seniority
order by contact_count desc, seniority;
