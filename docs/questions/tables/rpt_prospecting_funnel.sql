-- Question: How far do the leads of each source get?
select
    lead_source, sum(leads_count) as leads, sum(touched_count) as touched, sum(connected_count) as connected,
    sum(meeting_held_count) as meeting_held, sum(opportunity_count) as opportunity, sum(won_count) as won
from rpt_prospecting_funnel
group by lead_source
order by leads desc, lead_source;
