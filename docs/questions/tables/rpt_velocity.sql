-- Question: What does each rep's pipeline yield per day, by medians and by means?
select rep_name, fiscal_quarter, open_count, win_rate, cycle_n, typical_amount_per_day, expected_amount_per_day
from rpt_velocity
left join dim_reps using (rep_id)
order by fiscal_quarter desc, typical_amount_per_day desc nulls last, rep_id;
