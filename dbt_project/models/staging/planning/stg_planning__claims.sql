with records as (
    select * from {{ landing_latest('planning', 'claims') }}
),

final as (
    select
        rep as rep_ref,
        claimed_prospecting_share,
        claimed_cycle_days,
        valid_from,
        {{ record_origin() }}
    from records
)

select * from final
