-- Question: Which leads are kept out, and what speaks against them first?
select verdict, main_reason, count(*) as lead_count
from leads_quarantined
group by verdict, main_reason
order by lead_count desc, verdict, main_reason;
