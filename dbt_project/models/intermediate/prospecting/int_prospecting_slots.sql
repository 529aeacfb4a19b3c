-- Grain: working slot, and whether prospecting was done in it. A touch belongs to the slot in which it began;
-- a connected call also to those that it runs through.
with slots as (
    select * from {{ ref('int_working_slots') }}
),

-- until when the touches so far ran: the last one before the end of a slot then speaks for all
touches as (
    select
        rep_id,
        occurred_at,
        max(runs_until) over (partition by rep_id order by occurred_at) as runs_until
    from {{ ref('int_prospecting_touches') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

judged as (
    select
        slots.*,
        coalesce(
            slots.slot_start_at <= touches.occurred_at or slots.slot_start_at < touches.runs_until, false
        ) as is_done
    from slots
    asof left join touches
        on slots.rep_id = touches.rep_id and slots.slot_end_at > touches.occurred_at
)

select
    judged.*,
    claims.claimed_prospecting_share
from judged
left join claims
    on
    judged.rep_id = claims.rep_id
    and judged.date_day >= claims.valid_from
    and judged.date_day < claims.valid_to
