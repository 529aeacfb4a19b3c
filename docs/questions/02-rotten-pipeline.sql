-- Question: How much of each rep's open pipeline is rotten, for which reasons, and how many leads are as stale?
-- Complaint: The pipeline is full of names growing fungus, past their good-through date, kept as an excuse.
-- Tables: rpt_rotten_pipeline, fct_deal_flags, fct_leads, dim_reps
with rotten as (
    select
        rep_id, sum(open_count) as open_count, sum(rotten_count) as rotten_count,
        sum(evaluated_amount) as evaluated_amount, sum(rotten_amount) as rotten_amount
    from rpt_rotten_pipeline
    group by rep_id
),
reasons as (
    select owner_id as rep_id, string_agg(distinct flag, ', ' order by flag) as reasons
    from fct_deal_flags
    where is_rotten
    group by owner_id
),
leads as (
    select owner_id as rep_id, sum(is_stale::int) as stale_lead_count
    from fct_leads
    group by owner_id
)
select
    rep_name, open_count, rotten_count, rotten_amount,
    round(rotten_amount / nullif(evaluated_amount, 0), 3) as rotten_share, reasons, stale_lead_count, rotten.rep_id
from rotten
left join dim_reps on rotten.rep_id = dim_reps.rep_id
-- deals and leads without an owner are rows of their own
left join reasons on rotten.rep_id is not distinct from reasons.rep_id
left join leads on rotten.rep_id is not distinct from leads.rep_id
order by rotten_share desc nulls last, rotten.rep_id;
