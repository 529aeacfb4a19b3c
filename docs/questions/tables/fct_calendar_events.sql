-- Question: What became of the meetings with people from outside, and how sure is the deal each belongs to?
select attendance, attribution_rule, count(*) as event_count, sum(duration_minutes) / 60 as hours
from fct_calendar_events
where is_external
group by attendance, attribution_rule
order by event_count desc, attendance, attribution_rule;
