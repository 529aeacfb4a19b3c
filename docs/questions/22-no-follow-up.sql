-- Question: After how many external meetings does nobody follow up, and how many have no next step or no agenda?
-- Complaint: Executives give their time and nobody follows up.
-- Tables: rpt_meeting_followup, dim_reps
select
    rep_name, count(*) as meeting_count,
    count(*) filter (where is_first_meeting) as first_meeting_count,
    sum((not is_followed_up_24h)::int) as not_in_24h_count,
    sum((not is_followed_up_48h)::int) as not_in_48h_count,
    round(sum((not is_followed_up_48h)::int) / count(is_followed_up_48h), 3) as not_in_48h_share,
    sum((not has_next_step)::int) as without_next_step_count,
    sum((not has_agenda)::int) as without_agenda_count, rep_id
from rpt_meeting_followup
left join dim_reps using (rep_id)
group by rep_name, rep_id
order by not_in_48h_share desc nulls last, rep_id;
