{{ config(materialized='view') }}
-- Grain: thing that takes a rep's time up to as_of: an event, a touch, or working time itself (layer `work`,
-- which weighs the millionths of it that are paid). Of a whole day that is private nobody knows whether the
-- rep was away: it takes what nothing else of the day does. Touches that were not logged in bulk and whose
-- time of day is known last as long as recorded or, where nobody did, as their kind takes.
{%- set longest_touch_minutes = 480 %}
with events as (
    select
        rep_id,
        starts_at,
        ends_at,
        case
            when category_rule = 'private' and is_all_day then 'private_day'
            when {{ is_absence() }} then 'absence'
            when {{ is_prospecting_block() }} then 'prospecting_block'
            else category
        end as layer
    from {{ ref('fct_calendar_events') }}
    where
        rep_id is not null
        and category is not null
        and is_time_use
),

touches as (
    select
        touches.rep_id,
        case
            when touches.opportunity_id is not null and not coalesce(touches.is_before_deal, false)
                then 'touch_opportunity_meeting'
            when prospecting.activity_id is not null then 'touch_prospecting'
            when touches.account_id is not null then 'touch_customer_meeting'
            else 'touch_unclassified'
        end as layer,
        touches.occurred_at as starts_at,
        60 * case
            when touches.duration_minutes > 0 and touches.duration_minutes <= {{ longest_touch_minutes }}
                then touches.duration_minutes
            else defaults.minutes
        end as seconds
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_default_minutes') }} as defaults on touches.kind = defaults.kind
    left join {{ ref('int_prospecting_touches') }} as prospecting
        on touches.activity_id = prospecting.activity_id
    where
        touches.is_touch
        and touches.rep_id is not null
        and touches.occurred_at_precision = 'instant'
        and not coalesce(touches.is_bulk_logged, false)
),

uses as (
    select
        rep_id,
        layer,
        1 as weight,
        starts_at,
        ends_at
    from events
    union all
    select
        rep_id,
        layer,
        1 as weight,
        starts_at,
        {{ dbt.dateadd('second', 'cast(seconds as integer)', 'starts_at') }} as ends_at
    from touches
    union all
    select
        rep_id,
        'work' as layer,
        cast(round(paid_share * 1000000) as integer) as weight,
        starts_at,
        ends_at
    from {{ ref('int_rep_working_spans') }}
)

select
    rep_id,
    layer,
    weight,
    starts_at,
    least(ends_at, {{ as_of() }}) as ends_at
from uses
where ends_at > starts_at and starts_at < {{ as_of() }}
