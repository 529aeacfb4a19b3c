-- Grain: working slot, and whether prospecting was done in it. A touch belongs to the slot in which it began;
-- a connected call also to those that it runs through.
with slots as (
    select * from {{ ref('int_working_slots') }}
),

touches as (
    select * from {{ ref('int_prospecting_touches') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

done as (
    select distinct
        slots.rep_id,
        slots.slot_start_at
    from slots
    inner join touches
        on
        slots.rep_id = touches.rep_id
        and slots.slot_end_at > touches.occurred_at
        and (slots.slot_start_at <= touches.occurred_at or slots.slot_start_at < touches.runs_until)
)

select
    slots.*,
    claims.claimed_prospecting_share,
    done.slot_start_at is not null as is_done
from slots
left join done on slots.rep_id = done.rep_id and slots.slot_start_at = done.slot_start_at
left join claims
    on slots.rep_id = claims.rep_id
    and slots.date_day >= claims.valid_from
    and slots.date_day < claims.valid_to
