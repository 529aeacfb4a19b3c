-- Question: After how many external meetings does nobody follow up, and how many have no next step or no agenda?
-- Complaint: Executives give their time and nobody follows up.
-- Tables: rpt_meeting_followup, dim_reps
select
    rep_name, count(*) as meeting_count,
    count(*) filter (where is_first_meeting) as first_meeting_count,
    count(*) filter (where not is_followed_up_24h) as not_in_24h_count,
    count(*) filter (where not is_followed_up_48h) as not_in_48h_count,
    round(count(*) filter (where not is_followed_up_48h) / nullif(count(is_followed_up_48h), 0), 3) as not_in_48h_share,
    count(*) filter (where not has_next_step) as without_next_step_count,
    count(*) filter (where not has_agenda) as without_agenda_count, rep_id
from rpt_meeting_followup
left join dim_reps using (rep_id)
group by rep_name, rep_id
order by not_in_48h_share desc nulls last, rep_id;
