-- Question: In which stages do deals get lost, in the quarters of which little is still under way?
select
    stage, sum(entered_count) as entered_count, sum(lost_count) as lost_count,
    sum(no_decision_count) as no_decision_count, sum(won_count) as won_count
from rpt_stage_conversion
where is_mature
group by stage, stage_order
order by stage_order, stage;
