-- Grain: rep × day × deal and account (either may be unknown) to which the rep gave time. Meetings at their
-- length (what begins at one moment, in a calendar and in the CRM, is one; not where no time of day is
-- known), other touches at their recorded duration, else at the default of their kind. Minutes are decimals:
-- a sum of binary fractions depends on the order in which threads add them, and the same landing must give
-- the same rows.
with defaults as (
    select * from {{ ref('touch_default_minutes') }}
),

touches as (
    select
        activity_id,
        rep_id,
        opportunity_id,
        account_id,
        kind,
        occurred_at as began_at,
        cast(case when duration_minutes > 0 then duration_minutes end as decimal(18, 4)) as minutes,
        -- at midnight everything of the day begins at once
        case when is_all_day or occurred_at_precision <> 'instant' then activity_id end as apart
    from {{ ref('int_touches') }}
    where is_touch and rep_id is not null and (opportunity_id is not null or account_id is not null)
),

events as (
    select
        events.rep_id,
        events.opportunity_id,
        events.account_id,
        'meeting' as kind,
        events.starts_at as began_at,
        cast(events.duration_minutes as decimal(18, 4)) as minutes,
        touches.apart
    from {{ ref('fct_calendar_events') }} as events
    left join touches on events.event_id = touches.activity_id
    where
        events.rep_id is not null
        and (events.opportunity_id is not null or events.account_id is not null)
        and events.is_external
        and events.attendance in ('held', 'held_by_calendar')
        and not coalesce(events.is_all_day, false)
),

told as (
    select rep_id, opportunity_id, account_id, kind, began_at, minutes, apart from events
    union all
    select rep_id, opportunity_id, account_id, kind, began_at, minutes, apart from touches
    where kind = 'meeting'
),

-- the deal and the account are those of one of the copies, the one that knows most
ranked as (
    select
        *,
        row_number() over (
            partition by rep_id, began_at, apart
            order by
                case when opportunity_id is null then 2 else 1 end,
                case when account_id is null then 2 else 1 end,
                opportunity_id,
                account_id
        ) as position
    from told
),

meetings as (
    select
        rep_id,
        kind,
        began_at,
        max(case when position = 1 then opportunity_id end) as opportunity_id,
        max(case when position = 1 then account_id end) as account_id,
        max(minutes) as minutes
    from ranked
    group by rep_id, kind, began_at, apart
),

efforts as (
    select rep_id, opportunity_id, account_id, kind, began_at, minutes from meetings
    union all
    select rep_id, opportunity_id, account_id, kind, began_at, minutes from touches
    where kind <> 'meeting'
)

select
    efforts.rep_id,
    efforts.opportunity_id,
    efforts.account_id,
    {{ reporting_date('efforts.began_at') }} as effort_on,
    sum(coalesce(efforts.minutes, cast(defaults.minutes as decimal(18, 4)))) as minutes
from efforts
left join defaults on efforts.kind = defaults.kind
group by
    efforts.rep_id, efforts.opportunity_id, efforts.account_id, {{ reporting_date('efforts.began_at') }}
