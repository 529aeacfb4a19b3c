-- Question: How do stays in a stage end, and how long are they?
select
    stage, exit_kind, count(*) as visits_n,
    case when count(days_in_stage) >= 5 then quantile_cont(days_in_stage, 0.5) end as p50_days
from fct_stage_visits
where not is_closed_stage
group by stage, stage_order, exit_kind
order by stage_order, visits_n desc, exit_kind;
