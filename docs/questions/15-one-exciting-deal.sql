-- Question: Who has eyes for one deal only, what was left aside meanwhile, and in which week does the pipeline run out?
-- Complaint: One exciting deal takes all attention; then it vanishes and nothing is behind it.
-- Tables: rpt_attention, rpt_cliff, fct_opportunities, dim_reps
with tunnels as (
    select
        rep_id, top_opportunity_id, count(*) as tunnel_weeks, max(week_start) as last_tunnel_week,
        max(top_opportunity_share) as highest_share, max(neglected_open_count) as most_neglected_count
    from rpt_attention
    where is_tunnel_vision
    group by rep_id, top_opportunity_id
)
select
    rep_name, opportunity_name as top_deal, outcome as became, tunnel_weeks, last_tunnel_week,
    round(highest_share, 2) as highest_share, most_neglected_count, cliff_week,
    projected_open_amount, required_amount, top_opportunity_id, rep_id
from rpt_cliff
join dim_reps using (rep_id)
left join tunnels using (rep_id)
left join fct_opportunities on top_opportunity_id = opportunity_id
where week_ahead = 0 and (cliff_week is not null or tunnel_weeks is not null)
order by tunnel_weeks desc nulls last, cliff_week, rep_id;
