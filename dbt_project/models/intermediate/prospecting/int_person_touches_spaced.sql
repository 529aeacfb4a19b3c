-- Grain: touch to a lead or contact, or word from one, by as_of, with what came before it. Days are those of
-- the rep's zone; where only dates are known, those of the source's. An automatic reply is no word.
with every_touch as (
    {{ union_by_name([
        'select * from ' ~ ref('int_touches'),
        'select * from ' ~ ref('int_meeting_touches'),
    ]) }}
),

activities as (
    select
        lead_id,
        activity_id,
        attempt_id,
        kind,
        rep_id,
        source_instance,
        occurred_at,
        occurred_at_precision,
        is_connected,
        is_touch,
        coalesce(lead_id, contact_id) as person_id,
        case when lead_id is null then 'contact' else 'lead' end as person_type,
        coalesce(direction = 'inbound' and not coalesce(is_automated, false), false) as is_reply,
        coalesce(direction = 'inbound' and is_automated, false) as is_automatic_reply
    from every_touch
    where
        coalesce(lead_id, contact_id) is not null
        and occurred_at <= {{ as_of() }}
        and (is_touch or direction = 'inbound')
),

zoned as (
    select
        activities.*,
        coalesce(
            case
                when activities.occurred_at_precision = 'date' then sources.time_zone else reps.time_zone
            end,
            {{ reporting_time_zone() }}
        ) as time_zone,
        -- no zone's day begins elsewhere than on a quarter of an hour
        cast(floor({{ dbt.datediff(
            "cast('2000-01-01' as timestamp)", 'activities.occurred_at', 'second'
        ) }} / 900.0) as integer) as quarter_hour
    from activities
    left join {{ ref('int_reps_resolved') }} as reps on activities.rep_id = reps.rep_id
    left join {{ ref('int_build_sources') }} as sources
        on activities.source_instance = sources.source_instance
),

-- a zone asked for every row takes seven times as long as one that is the same for all
distinct_times as (
    select distinct
        time_zone,
        quarter_hour
    from zoned
),

dated as (
    select
        distinct_times.time_zone,
        distinct_times.quarter_hour,
        cast({{ utc_to_local(
            dbt.dateadd('second', 'distinct_times.quarter_hour * 900', "cast('2000-01-01' as timestamp)"),
            'distinct_times.time_zone'
        ) }} as date) as touched_on
    from distinct_times
),

placed as (
    select
        zoned.*,
        dated.touched_on,
        days.business_day_number
    from zoned
    inner join dated
        on zoned.time_zone = dated.time_zone and zoned.quarter_hour = dated.quarter_hour
    left join {{ ref('int_calendar_days') }} as days on dated.touched_on = days.date_day
)

select
    person_id,
    person_type,
    lead_id,
    activity_id,
    attempt_id,
    kind,
    rep_id,
    occurred_at,
    occurred_at_precision,
    touched_on,
    business_day_number,
    is_touch,
    is_reply,
    is_automatic_reply,
    coalesce(is_connected, false) as is_connected,
    is_touch and attempt_id = activity_id as is_attempt,
    max(case when is_reply then occurred_at end) over so_far as last_reply_at,
    last_value(case when is_touch then touched_on end ignore nulls) over before as previous_touched_on,
    last_value(case when is_touch then business_day_number end ignore nulls) over before
        as previous_business_day_number
from placed
window
    so_far as (
        partition by person_type, person_id order by occurred_at, activity_id
        rows between unbounded preceding and current row
    ),
    before as (
        partition by person_type, person_id order by occurred_at, activity_id
        rows between unbounded preceding and 1 preceding
    )
