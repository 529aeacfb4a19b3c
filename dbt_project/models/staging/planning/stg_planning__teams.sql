with records as (
    select * from {{ landing_latest('planning', 'teams') }}
),

final as (
    select
        rep as rep_ref,
        manager as manager_ref,
        team,
        valid_from,
        valid_to,
        {{ record_origin() }}
    from records
)

select * from final
