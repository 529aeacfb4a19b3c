-- Question: By which ways did we touch people in the last 30 days, and how many touches were not a person's own?
select
    kind, direction, count(*) filter (where is_touch) as touch_count,
    count(*) filter (where is_automated) as automated_count, count(*) filter (where is_bulk_logged) as bulk_logged_count
from fct_activities
where occurred_at > as_of - interval 30 day
group by kind, direction
order by touch_count desc, kind, direction;
