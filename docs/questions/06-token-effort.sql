-- Question: Whose good leads are given up after a token effort, and which of these did somebody else win later?
-- Complaint: "The leads suck": leads get a token effort and are thrown away, more are bought.
-- Tables: rpt_lead_followup, dim_reps
select
    rep_name, count(*) as good_lead_count,
    sum(is_token_effort::int) as token_effort_count,  -- null where nobody's touches are known, not zero
    round(sum(is_token_effort::int) / count(is_token_effort), 3) as token_effort_share,
    quantile_cont(touches, 0.5) as p50_touches, quantile_cont(channels, 0.5) as p50_channels,
    quantile_cont(span_days, 0.5) as p50_span_days, quantile_cont(max_gap_days, 0.5) as p50_longest_gap_days,
    case when count(is_token_effort) > 0 then count(*) filter (where is_token_effort and later_outcome <> 'none') end
        as won_by_others_count,
    owner_id as rep_id
from rpt_lead_followup
join dim_reps on owner_id = rep_id
where verdict = 'trusted'
group by rep_name, owner_id
order by token_effort_share desc nulls last, rep_id;
