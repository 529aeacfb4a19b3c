-- Question: In which deals were we there for comparison only, and by which signs?
-- Complaint: Column fodder: the buyer has chosen, we are there for comparison.
-- Tables: rpt_fodder_scores, fct_deal_flags, dim_reps
select
    rep_name, round(fodder_score, 2) as fodder_score, evaluable_weight, outcome, score.amount, proposal_at,
    evidence, opportunity_id, score.owner_id
from rpt_fodder_scores as score
join fct_deal_flags using (opportunity_id)
left join dim_reps on score.owner_id = rep_id
where is_fodder_like and flag = 'fodder_like'
order by fodder_score desc, score.amount desc nulls last, opportunity_id;
