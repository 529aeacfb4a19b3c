-- Question: Which managers sit down with their reps and look at their deals, and how much goes unreviewed?
-- Complaint: Managers should hold people to the right activities at the right time, and coach each deal.
-- Tables: rpt_coaching, rpt_rep_brief, dim_reps
with briefs as (
    select rep_id, min_by(evidence, position) as first_finding
    from rpt_rep_brief
    group by rep_id
),
coaching as (
    select
        manager_id, rep_id, count(*) as months, sum(one_to_one_hours) as one_to_one_hours,
        sum(deals_open_count) as deals_open_count, sum(deals_reviewed_count) as deals_reviewed_count,
        max_by(unreviewed_amount, month_start) as unreviewed_amount_now
    from rpt_coaching
    group by manager_id, rep_id
)
select
    manager.rep_name as manager_name, rep.rep_name, months, one_to_one_hours,
    round(one_to_one_hours / months, 2) as one_to_one_hours_per_month, deals_open_count, deals_reviewed_count,
    unreviewed_amount_now, first_finding, coaching.manager_id, coaching.rep_id
from coaching
join dim_reps as manager on coaching.manager_id = manager.rep_id
join dim_reps as rep on coaching.rep_id = rep.rep_id
left join briefs on coaching.rep_id = briefs.rep_id
order by one_to_one_hours_per_month nulls first, coaching.manager_id, coaching.rep_id;
