-- Grain: rep × time in which a claim holds; half-open days.
with claims as (
    select
        reps.rep_id,
        claims.claimed_prospecting_share,
        claims.claimed_cycle_days,
        coalesce(claims.valid_from, date '1900-01-01') as valid_from,
        claims.loaded_at
    from {{ ref('stg_planning__claims') }} as claims
    inner join {{ ref('int_reps_matched') }} as reps
        on claims.source_instance = reps.source_instance and claims.rep_ref = reps.owner_ref
),

one_per_day as (
    select * from claims
    qualify row_number() over (
        partition by rep_id, valid_from
        order by loaded_at desc, claimed_prospecting_share, claimed_cycle_days
    ) = 1
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
