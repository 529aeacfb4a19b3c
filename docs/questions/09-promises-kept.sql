-- Question: How many of each rep's promises to prospects got a slot, and were kept on time, late or never?
-- Complaint: Promises to prospects are not kept; buyers remember what was not done.
-- Tables: rpt_commitments, dim_reps
select
    rep_name, sum(promised_count) as promised_count, sum(scheduled_count) as scheduled_count,
    sum(kept_on_time_count) as kept_on_time_count, sum(kept_late_count) as kept_late_count,
    sum(broken_count) as broken_count, sum(open_count) as open_count,
    round(sum(broken_count) / nullif(sum(kept_on_time_count + kept_late_count + broken_count), 0), 3) as broken_share,
    rep_id
from rpt_commitments
left join dim_reps using (rep_id)
group by rep_name, rep_id
order by broken_share desc nulls last, rep_id;
