-- Question: Are the reserved prospecting blocks used, and do promises get a slot in the calendar?
-- Complaint: If it has to be done, it needs to be scheduled.
-- Tables: rpt_prospecting_time, fct_commitments, dim_reps
with promises as (
    select rep_id, count(*) as promised_count, sum((not is_scheduled)::int) as without_slot_count
    from fct_commitments
    group by rep_id
)
select
    rep_name, blocks_reserved, blocks_used, round(block_use_rate, 3) as block_use_rate,
    blocks_reserved >= 5 and block_use_rate < 0.5 as are_blocks_idle,
    promised_count, without_slot_count, rep_id
from rpt_prospecting_time
join dim_reps using (rep_id)
left join promises using (rep_id)
where blocks_reserved is not null
order by block_use_rate nulls last, rep_id;
