-- Question: How do a rep's deal sizes and cycles spread, beside those of the whole organisation?
-- Complaint: Average is accepted and celebrated.
-- Tables: fct_opportunities, dim_reps
with won as (
    select owner_id as rep_id, amount, closed_date - created_date as cycle_days
    from fct_opportunities
    where outcome = 'won' and opportunity_type in ('new', 'expansion') and closed_at > as_of - interval 24 month
)
select
    case when grouping(rep_id) = 1 then 'everybody' else coalesce(any_value(rep_name), 'nobody') end as rep_name,
    count(*) as won_count, count(amount) as amount_n,
    case when count(amount) >= 5 then quantile_cont(amount, 0.25) end as p25_amount,
    case when count(amount) >= 5 then quantile_cont(amount, 0.5) end as p50_amount,
    case when count(amount) >= 5 then quantile_cont(amount, 0.75) end as p75_amount,
    case when count(amount) >= 10 then quantile_cont(amount, 0.9) end as p90_amount,
    count(cycle_days) as cycle_n,
    case when count(cycle_days) >= 5 then quantile_cont(cycle_days, 0.25) end as p25_cycle_days,
    case when count(cycle_days) >= 5 then quantile_cont(cycle_days, 0.5) end as p50_cycle_days,
    case when count(cycle_days) >= 5 then quantile_cont(cycle_days, 0.75) end as p75_cycle_days,
    case when count(cycle_days) >= 10 then quantile_cont(cycle_days, 0.9) end as p90_cycle_days,
    rep_id
from won
left join dim_reps using (rep_id)
group by grouping sets ((rep_id), ())
order by grouping(rep_id) desc, p50_cycle_days desc nulls last, rep_id;
