-- Question: Where in the funnel does each rep's open amount lie against the rep's own history, and where does the effort go?
-- Complaint: The funnel is not balanced; everything sits at the bottom.
-- Tables: rpt_funnel_balance, dim_reps
select
    rep_name, open_amount, round(top_share, 3) as top_share, round(middle_share, 3) as middle_share,
    round(bottom_share, 3) as bottom_share, round(own_bottom_baseline, 3) as own_bottom_baseline,
    round(imbalance, 3) as imbalance, is_bottom_heavy,
    top_effort_minutes, middle_effort_minutes, bottom_effort_minutes, rep_id
from rpt_funnel_balance
join dim_reps using (rep_id)
order by is_bottom_heavy desc nulls last, imbalance desc nulls last, rep_id;
