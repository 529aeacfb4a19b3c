-- Question: How many leads are untouched, neglected, worked well, or pestered?
-- Complaint: Persist, but do not be a nuisance.
-- Tables: rpt_lead_followup, dim_reps
select
    coalesce(rep_name, 'nobody') as rep_name, count(*) as lead_count,
    count(*) filter (where cadence_band = 'untouched') as untouched_count,
    count(*) filter (where cadence_band = 'neglected') as neglected_count,
    count(*) filter (where cadence_band = 'healthy') as healthy_count,
    count(*) filter (where cadence_band = 'nuisance') as nuisance_count,
    count(*) filter (where cadence_band is null) as unknown_count,
    owner_id as rep_id
from rpt_lead_followup
left join dim_reps on owner_id = rep_id
group by rep_name, owner_id
order by (neglected_count + nuisance_count) / lead_count desc, untouched_count desc, rep_id nulls last;
