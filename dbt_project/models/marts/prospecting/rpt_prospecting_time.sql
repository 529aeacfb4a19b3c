with cycles as (
    select * from {{ ref('int_rep_cycles') }}
),

slots as (
    select * from {{ ref('int_prospecting_slots') }}
),

-- the copies of one event in two systems reserve its time once
events as (
    select distinct
        rep_id,
        starts_at,
        ends_at,
        case
            when {{ is_absence() }} or (category_rule = 'private' and is_all_day) then 'absence'
            when {{ is_prospecting_block() }} then 'block'
        end as kind
    from {{ ref('fct_calendar_events') }}
    where
        rep_id is not null
        and is_time_use
),

-- the meetings that a CRM keeps are no calendar, unless time is kept free there too
calendars_begun as (
    select
        rep_id,
        min(starts_at) as first_at
    from {{ ref('fct_calendar_events') }}
    where source_system in ({{ calendar_systems() }}) or {{ is_prospecting_block() }}
    group by rep_id
),

-- whether anything was kept free before the first week of a calendar nobody knows: a file may hold the last
-- month only
calendars as (
    select
        begun.rep_id,
        {{ local_to_utc(
            dbt.date_trunc('week', utc_to_local('begun.first_at', 'reps.time_zone')), 'reps.time_zone'
        ) }} as known_from
    from calendars_begun as begun
    inner join {{ ref('int_reps_resolved') }} as reps on begun.rep_id = reps.rep_id
),

-- only dates known, or no activities: whether a slot was used is unknown
timed as (
    select reps.rep_id
    from {{ ref('int_reps_resolved') }} as reps
    inner join {{ ref('int_source_features') }} as features on reps.source_instance = features.source_instance
    where features.has_activity_instants
    union
    select rep_id from {{ ref('int_touches') }}
    where occurred_at_precision = 'instant' and kind <> 'meeting'
),

-- of blocks at once only what the earlier ones leave is added: they reserve the same minutes once
layered as (
    select
        *,
        greatest(
            starts_at,
            max(ends_at) over (
                partition by rep_id, kind
                order by starts_at, ends_at
                rows between unbounded preceding and 1 preceding
            )
        ) as added_from
    from events
    where kind is not null
),

slot_events as (
    select
        slots.rep_id,
        slots.slot_start_at,
        slots.is_done,
        layered.starts_at,
        layered.ends_at,
        layered.kind,
        greatest(
            0,
            {{ dbt.datediff(
                'greatest(slots.slot_start_at, layered.added_from)',
                'least(slots.slot_end_at, layered.ends_at)',
                'second'
            ) }}
        ) as added_seconds
    from slots
    inner join layered
        on
        slots.rep_id = layered.rep_id
        and slots.slot_end_at > layered.starts_at
        and slots.slot_start_at < layered.ends_at
),

slot_plans as (
    select
        rep_id,
        slot_start_at,
        sum(case when kind = 'block' then added_seconds else 0 end) as scheduled_seconds,
        -- an absence of half a slot or more takes it away, unless work was done in it after all
        sum(case when kind = 'absence' then added_seconds else 0 end) >= 900
        and not bool_or(is_done) as is_out
    from slot_events
    group by rep_id, slot_start_at
),

-- a block that touches no working hour is nobody's promise of working time; a series goes on through holidays
blocks as (
    select
        slot_events.rep_id,
        slot_events.starts_at,
        slot_events.ends_at,
        count(*) as slot_count,
        count(case when slot_events.is_done then 1 end) as done_count
    from slot_events
    inner join slot_plans
        on slot_events.rep_id = slot_plans.rep_id and slot_events.slot_start_at = slot_plans.slot_start_at
    where slot_events.kind = 'block' and not slot_plans.is_out
    group by slot_events.rep_id, slot_events.starts_at, slot_events.ends_at
),

block_counts as (
    select
        rep_id,
        count(*) as blocks_reserved,
        count(case when done_count * 2 >= slot_count then 1 end) as blocks_used
    from blocks
    group by rep_id
),

-- A day from 9 to 18 that pays eight hours has a break: its half hours weigh less, scheduled and done ones
-- too. Fractions are added in the order of time, so that the same rows give the same sum to the last bit.
summed as (
    select
        slots.rep_id,
        sum(slots.slot_hours order by slots.slot_start_at) as available_hours,
        sum(
            case when slots.slot_start_at >= calendars.known_from then slots.slot_hours else 0 end
            order by slots.slot_start_at
        ) as calendar_hours,
        sum(coalesce(plans.scheduled_seconds, 0) / 1800 * slots.slot_hours order by slots.slot_start_at)
            as scheduled_hours,
        count(case when slots.is_done then 1 end) as done_slots,
        sum(case when slots.is_done then slots.slot_hours else 0 end order by slots.slot_start_at)
            as done_hours,
        sum(slots.slot_hours * slots.claimed_prospecting_share order by slots.slot_start_at)
        / nullif(
            sum(
                case when slots.claimed_prospecting_share is not null then slots.slot_hours end
                order by slots.slot_start_at
            ), 0
        ) as claimed_share
    from slots
    left join slot_plans as plans on slots.rep_id = plans.rep_id and slots.slot_start_at = plans.slot_start_at
    left join calendars on slots.rep_id = calendars.rep_id
    where not coalesce(plans.is_out, false)
    group by slots.rep_id
),

-- a claim needs no working hours
claims as (
    select
        rep_id,
        claimed_prospecting_share
    from {{ ref('int_claims_resolved') }}
    where valid_from <= {{ as_of_date() }} and valid_to > {{ as_of_date() }}
),

measured as (
    select
        cycles.rep_id,
        cycles.measured_cycle_days,
        cycles.cycle_basis,
        summed.available_hours,
        -- claims are stated to the percent; the weighting by hours must not leave 0.30000000000000354
        round(cast(coalesce(summed.claimed_share, claims.claimed_prospecting_share) as double), 6)
            as claimed_share,
        case when calendars.rep_id is not null then summed.calendar_hours end as calendar_hours,
        case when calendars.rep_id is not null then summed.scheduled_hours end as scheduled_hours,
        case when timed.rep_id is not null then summed.done_slots end as done_slots,
        case when timed.rep_id is not null then summed.done_hours end as done_hours,
        case
            when
                calendars.rep_id is not null and summed.rep_id is not null
                then coalesce(block_counts.blocks_reserved, 0)
        end
            as blocks_reserved,
        case
            when calendars.rep_id is not null and timed.rep_id is not null and summed.rep_id is not null
                then coalesce(block_counts.blocks_used, 0)
        end as blocks_used
    from cycles
    left join summed on cycles.rep_id = summed.rep_id
    left join block_counts on cycles.rep_id = block_counts.rep_id
    left join calendars on cycles.rep_id = calendars.rep_id
    left join timed on cycles.rep_id = timed.rep_id
    left join claims on cycles.rep_id = claims.rep_id
),

final as (
    select
        rep_id,
        {{ as_of() }} as as_of,
        case
            when measured_cycle_days is not null
                then
                    {{ dbt.dateadd(
                        'day', '-greatest(1, cast(ceil(measured_cycle_days) as integer))', as_of()
                    ) }}
        end as window_start,
        case when measured_cycle_days is not null then {{ as_of() }} end as window_end,
        cast(measured_cycle_days as double) as measured_cycle_days,
        cycle_basis,
        claimed_share,
        cast(available_hours as double) as available_hours,
        cast(calendar_hours as double) as calendar_hours,
        cast(scheduled_hours as double) as scheduled_hours,
        {{ capped_share('scheduled_hours', 'available_hours') }} as scheduled_share,
        done_slots,
        cast(done_hours as double) as done_hours,
        {{ capped_share('done_hours', 'available_hours') }} as done_share,
        blocks_reserved,
        blocks_used,
        {{ capped_share('blocks_used', 'blocks_reserved') }} as block_use_rate
    from measured
)

select
    *,
    round(claimed_share - done_share, 6) as claim_gap
from final
