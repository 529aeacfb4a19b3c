-- Question: Who imports leads that look fake, month by month?
select month_start, created_by_id, leads, fake_count, fake_share, duplicate_count, worst_reasons
from rpt_lead_source_quality
where leads >= 5
order by fake_share desc nulls last, leads desc, created_by_id, month_start
limit 20;
