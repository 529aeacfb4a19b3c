-- Question: Which share of working time does each rep claim for prospecting, schedule for it, and really do?
-- Complaint: Reps claim 25 to 30 % of their time goes to prospecting (12.5 h of a 50 h week), then do none.
-- Tables: rpt_prospecting_time, dim_reps
select
    rep_name, claimed_share, round(scheduled_share, 3) as scheduled_share, round(done_share, 3) as done_share,
    round(claim_gap, 3) as claim_gap, done_hours, available_hours,
    window_start, measured_cycle_days, cycle_basis, rep_id
from rpt_prospecting_time
join dim_reps using (rep_id)
where claimed_share is not null
order by claim_gap desc nulls last, rep_id;
