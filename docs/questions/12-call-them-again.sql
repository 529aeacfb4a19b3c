-- Question: Who did not decide last year and has not been called since, the most promising first?
-- Complaint: People who did not decide last year are not called this year.
-- Tables: rpt_recycle, dim_accounts, dim_reps
select
    priority_rank, account_name, rep_name, recycle.segment, closed_at, reason, amount, last_contact_at, recontact_on,
    round(segment_win_rate, 3) as segment_win_rate, opportunity_id
from rpt_recycle as recycle
left join dim_accounts using (account_id)
left join dim_reps on recycle.owner_id = rep_id
where is_recontacted is not true
order by priority_rank, opportunity_id;
