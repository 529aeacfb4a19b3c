-- Question: Whose pipeline is too thin for the quota, how much new pipeline does each rep make in a week, and is the prospecting done that was planned?
-- Complaint: Pipelines are anaemic; people treat anything but the cause.
-- Tables: rpt_coverage, rpt_attention, rpt_prospecting_time, dim_reps
with created as (
    select rep_id, sum(created_count) as created_13w_count, median(created_count) as p50_created_per_week
    from rpt_attention
    where week_start > as_of - interval 13 week
    group by rep_id
)
select
    rep_name, fiscal_quarter, quota_amount, won_amount, open_amount,
    round(open_coverage_ratio, 2) as open_coverage_ratio, round(needed_ratio, 2) as needed_ratio,
    created_13w_count, p50_created_per_week,
    round(scheduled_share, 3) as prospecting_scheduled_share, round(done_share, 3) as prospecting_done_share,
    rep_id
from rpt_coverage
join dim_reps using (rep_id)
left join created using (rep_id)
left join rpt_prospecting_time using (rep_id)
where fiscal_quarter_start > rpt_coverage.as_of  -- the next quarter: there is still time to fill it
qualify fiscal_quarter_start = min(fiscal_quarter_start) over ()
order by open_coverage_ratio / needed_ratio nulls last, rep_id;
