-- Grain: rep × day × deal and account (either may be unknown) to which the rep gave time. Meetings at their
-- length (one that stands in a calendar and in the CRM is one), other touches at their recorded duration,
-- else at the default of their kind. Minutes are decimals: a sum of binary fractions depends on the order
-- in which threads add them, and the same landing must give the same rows.
with defaults as (
    select * from {{ ref('touch_default_minutes') }}
),

touches as (
    select
        rep_id,
        opportunity_id,
        account_id,
        kind,
        occurred_at as began_at,
        cast(case when duration_minutes > 0 then duration_minutes end as decimal(18, 4)) as minutes
    from {{ ref('int_touches') }}
    where is_touch and rep_id is not null and (opportunity_id is not null or account_id is not null)
),

events as (
    select
        rep_id,
        opportunity_id,
        account_id,
        'meeting' as kind,
        starts_at as began_at,
        cast(duration_minutes as decimal(18, 4)) as minutes
    from {{ ref('fct_calendar_events') }}
    where
        rep_id is not null
        and (opportunity_id is not null or account_id is not null)
        and is_external
        and attendance in ('held', 'held_by_calendar')
        and not coalesce(is_all_day, false)
),

meetings as (
    select
        rep_id,
        kind,
        began_at,
        max(opportunity_id) as opportunity_id,
        max(account_id) as account_id,
        max(minutes) as minutes
    from (
        select * from events
        union all
        select rep_id, opportunity_id, account_id, kind, began_at, minutes from touches
        where kind = 'meeting'
    ) as told
    group by rep_id, kind, began_at
),

efforts as (
    select rep_id, opportunity_id, account_id, kind, began_at, minutes from meetings
    union all
    select rep_id, opportunity_id, account_id, kind, began_at, minutes from touches
    where kind != 'meeting'
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
