-- Grain: lead with at least one activity up to as_of, or a meeting that only a calendar knows.
with every_touch as (
    select lead_id, is_touch, is_bulk_logged, direction, is_connected, occurred_at
    from {{ ref('int_touches') }}
    union all
    select lead_id, is_touch, is_bulk_logged, direction, is_connected, occurred_at
    from {{ ref('int_meeting_touches') }}
),

touches as (
    select * from every_touch
    where lead_id is not null and occurred_at <= {{ as_of() }}
)

select
    lead_id,
    sum(case when is_touch then 1 else 0 end) as touch_count,
    min(case when is_touch then occurred_at end) as first_touch_at,
    max(case when is_touch then occurred_at end) as last_touch_at,
    sum(case when is_touch and is_bulk_logged then 1 else 0 end) as bulk_logged_count,
    min(case when is_touch and is_bulk_logged then occurred_at end) as first_bulk_logged_at,
    min(case when direction = 'inbound' or is_connected then occurred_at end) as first_answer_at
from touches
group by lead_id
