-- Grain: person × deal × month in which that person did something about the deal: a call, mail, task or note
-- that is done, a meeting about it, or a coaching slot that is named after it.
with reviews as (
    select
        rep_id as reviewer_id,
        opportunity_id,
        coalesce(occurred_at, completed_at) as reviewed_at
    from {{ ref('int_touches') }}
    where {{ took_place() }}
    union all
    select
        rep_id as reviewer_id,
        opportunity_id,
        starts_at as reviewed_at
    from {{ ref('fct_calendar_events') }}
    where attendance in ('held', 'held_by_calendar')
    union all
    select
        holds.rep_id as reviewer_id,
        holds.opportunity_id,
        holds.starts_at as reviewed_at
    from {{ ref('int_named_holds') }} as holds
    inner join {{ ref('fct_calendar_events') }} as events on holds.event_id = events.event_id
    where events.category = 'coaching' and events.attendance in ('held', 'held_by_calendar')
)

select distinct
    reviewer_id,
    opportunity_id,
    cast({{ dbt.date_trunc('month', reporting_date('reviewed_at')) }} as date) as month_start
from reviews
where
    reviewer_id is not null
    and opportunity_id is not null
    and reviewed_at <= {{ as_of() }}
