with

promises as (

    select * from {{ ref('int_promises') }}

),

holds as (

    select * from {{ ref('int_named_holds') }}

),

-- a slot serves one promise: the one that it is titled after, else the first to fall due
slots as (

    select
        promises.commitment_id,
        holds.event_id,
        holds.starts_at,
        row_number() over (
            partition by holds.event_id
            order by
                case when holds.task_words = promises.task_words then 1 else 2 end,
                promises.due_before,
                promises.commitment_id
        ) as position
    from holds
    inner join promises
        on
        holds.rep_id = promises.rep_id
        and coalesce(holds.account_id, holds.lead_id) = coalesce(promises.account_id, promises.lead_id)
        and holds.starts_at >= promises.promised_at
        and holds.starts_at < promises.due_before
        and (holds.task_words = promises.task_words or holds.is_for_a_promise)
        and coalesce(holds.opportunity_id = promises.opportunity_id, true)

),

scheduled as (

    select
        commitment_id,
        min(starts_at) as scheduled_at
    from slots
    where position = 1
    group by commitment_id

),

-- a slot that no task or note explains is a promise that stands in the calendar alone
held_promises as (

    select
        holds.event_id as commitment_id,
        'calendar_hold' as commitment_source,
        holds.rep_id,
        holds.opportunity_id,
        holds.lead_id,
        holds.account_id,
        least(coalesce(holds.created_at, holds.starts_at), holds.starts_at) as promised_at,
        -- a CRM keeps events without an end, and such as end before they start
        coalesce(holds.ends_at, holds.starts_at) as due_at,
        true as is_due_day_only,
        cast(null as boolean) as is_done,
        cast(null as timestamp) as done_at,
        holds.starts_at as scheduled_at,
        -- a call at the minute of its slot is what the slot was for
        {{ dbt.dateadd('microsecond', -1, 'holds.starts_at') }} as done_from,
        {{ local_to_utc(
            dbt.dateadd('day', 1, dbt.date_trunc('day', utc_to_local('holds.starts_at', 'zones.time_zone'))),
            'zones.time_zone'
        ) }} as due_before
    from holds
    inner join {{ ref('int_rep_zones') }} as zones on holds.rep_id = zones.rep_id
    left join slots on holds.event_id = slots.event_id and slots.position = 1
    where
        slots.event_id is null
        and holds.is_for_a_promise
        and coalesce(holds.opportunity_id, holds.lead_id) is not null

),

together as (

    {{ union_by_name([
        'select promises.* exclude (task_words), scheduled.scheduled_at, promises.promised_at as done_from'
        ~ ' from promises left join scheduled on promises.commitment_id = scheduled.commitment_id',
        'select * from held_promises',
    ]) }}

),

parties as (

    select distinct coalesce(account_id, lead_id) as party_id
    from together
    where is_done is null

),

touches as (

    select
        touches.party_id,
        touches.occurred_at
    from {{ ref('int_party_touches') }} as touches
    inner join parties on touches.party_id = parties.party_id
    where touches.occurred_at_precision = 'instant'

),

calendars as (

    select distinct rep_id
    from {{ ref('fct_calendar_events') }}
    -- the meetings that a CRM keeps are no calendar
    where source_system in ({{ calendar_systems() }})

),

-- whose touches have a time of day
inputs as (

    select source_instance from {{ ref('int_source_features') }}
    where has_activity_instants

),

-- no task says that it was done: the first touch afterwards is what shows it
completed as (

    select
        together.*,
        case
            when together.is_done is null then touches.occurred_at
            when together.is_done and together.done_at <= {{ as_of() }} then together.done_at
        end as completed_at,
        coalesce(together.is_done and together.done_at is null, false)
        or (together.is_done is null and inputs.source_instance is null) as is_unknown,
        calendars.rep_id is not null as has_calendar
    from together
    left join inputs
        on split_part(coalesce(together.account_id, together.lead_id), ':', 1) = inputs.source_instance
    left join calendars on together.rep_id = calendars.rep_id
    asof left join touches
        on
        coalesce(together.account_id, together.lead_id) = touches.party_id
        and together.done_from < touches.occurred_at

)

select
    commitment_id,
    commitment_source,
    rep_id,
    opportunity_id,
    lead_id,
    account_id,
    promised_at,
    due_at,
    is_due_day_only,
    scheduled_at,
    completed_at,
    case
        when is_unknown then null
        when completed_at < due_before then 'kept_on_time'
        when completed_at is not null then 'kept_late'
        when due_before <= {{ as_of() }} then 'broken'
        else 'open'
    end as state,
    -- without a calendar nobody knows what was put into it
    case when has_calendar then scheduled_at is not null end as is_scheduled,
    case
        when completed_at >= due_before
            then cast({{ dbt.datediff('due_before', 'completed_at', 'second') }} / 86400.0 as double)
    end as days_late,
    {{ as_of() }} as as_of
from completed
