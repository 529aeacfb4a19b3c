-- Question: Which rules speak against leads most often, and how strongly?
select family, flag, evidence_group, max(weight) as weight, count(*) as lead_count
from fct_lead_flags
group by family, flag, evidence_group
order by lead_count desc, flag;
