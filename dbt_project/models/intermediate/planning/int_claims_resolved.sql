-- Grain: rep × time in which a claim holds; half-open days.
with claims as (
    select
        reps.rep_id,
        claims.claimed_prospecting_share,
        claims.claimed_cycle_days,
        claims.loaded_at,
        coalesce(claims.valid_from, date '1900-01-01') as valid_from
    from {{ ref('stg_planning__claims') }} as claims
    inner join {{ ref('int_reps_matched') }} as reps
        on claims.source_instance = reps.source_instance and claims.rep_ref = reps.owner_ref
),

ranked as (
    select
        *,
        row_number() over (
            partition by rep_id, valid_from
            order by loaded_at desc, claimed_prospecting_share asc, claimed_cycle_days asc
        ) as position
    from claims
),

one_per_day as (
    select * from ranked
    where position = 1
),

final as (
    select
        rep_id,
        claimed_prospecting_share,
        claimed_cycle_days,
        valid_from,
        {{ valid_until('rep_id') }} as valid_to
    from one_per_day
)

select * from final
