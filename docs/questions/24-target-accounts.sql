-- Question: Which accounts on the target list has nobody touched or met, and who owns them?
-- Complaint: Reps have no prospecting plan and no targets.
-- Tables: rpt_target_accounts, dim_accounts, dim_reps
select
    coalesce(account_name, account_ref) as account_name, rep_name as owner, is_covered,
    touches_30d, touches_90d, meetings_30d, meetings_90d, reps_involved, last_touch_at, last_meeting_at, target_id
from rpt_target_accounts
left join dim_accounts using (account_id)
left join dim_reps on owner_id = rep_id
order by is_covered nulls first, touches_90d + meetings_90d, target_id;
