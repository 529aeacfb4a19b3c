-- Question: How long does a sale really take against what the rep claims, and which dates that prospects asked for passed without a touch?
-- Complaint: "Not ready for six months" is heard as "no"; the claimed cycle is 4 months, the CRM says over 6.
-- Tables: rpt_sales_cycle, rpt_lead_followup, dim_reps
with cycles as (
    select
        rep_id, max(claimed_days) as claimed_days, max(measured_cycle_days) as measured_cycle_days,
        max(cycle_basis) as cycle_basis, sum(n) as won_count
    from rpt_sales_cycle
    group by rep_id
),
overdue as (
    select owner_id as rep_id, sum(is_recontact_overdue::int) as recontact_overdue_count
    from rpt_lead_followup
    group by owner_id
)
select
    rep_name, claimed_days, round(measured_cycle_days, 1) as measured_cycle_days, cycle_basis, won_count,
    round(claimed_days / nullif(measured_cycle_days, 0), 2) as claimed_to_measured_ratio,
    recontact_overdue_count, rep_id
from cycles
join dim_reps using (rep_id)
left join overdue using (rep_id)
order by recontact_overdue_count desc nulls last, claimed_to_measured_ratio nulls last, rep_id;
