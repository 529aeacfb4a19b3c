-- Question: On what do the reps spend their working hours?
-- Complaint: Time goes to existing customers and to web research instead.
-- Tables: rpt_time_allocation, dim_reps
with hours as (
    select rep_id, category, sum(hours) as hours
    from rpt_time_allocation
    where week_start > as_of - interval 13 week and not is_without_working_hours
    group by rep_id, category
)
select
    rep_name, category, round(hours, 1) as hours,
    round(hours / nullif(sum(hours) over (partition by rep_id), 0), 3) as share, rep_id
from hours
join dim_reps using (rep_id)
order by rep_id, hours desc, category;
