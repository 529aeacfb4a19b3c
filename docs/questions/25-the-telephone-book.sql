-- Question: Which lead sources and importers bring fake and duplicate leads, and what is wrong with them?
-- Complaint: The list is the telephone book: junk leads.
-- Tables: rpt_lead_quality, fct_leads, dim_reps
with judged as (
    select lead_source, created_by_id, quality.verdict, quality.main_reason
    from rpt_lead_quality as quality
    join fct_leads using (lead_id)
)
select
    lead_source, coalesce(rep_name, created_by_id) as created_by, count(*) as lead_count,
    count(*) filter (where verdict = 'fake') as fake_count,
    count(*) filter (where verdict = 'duplicate') as duplicate_count,
    count(*) filter (where verdict = 'suspect') as suspect_count,
    count(*) filter (where verdict = 'trusted') as trusted_count,
    round(count(*) filter (where verdict in ('fake', 'duplicate', 'suspect')) / count(*), 3) as quarantined_share,
    mode(main_reason) filter (where verdict = 'fake') as most_common_reason, created_by_id
from judged
left join dim_reps on created_by_id = rep_id
group by lead_source, rep_name, created_by_id
order by quarantined_share desc, lead_count desc, lead_source, created_by_id;
