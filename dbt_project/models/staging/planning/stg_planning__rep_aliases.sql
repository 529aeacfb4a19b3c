with records as (
    select * from {{ landing_latest('planning', 'rep_aliases') }}
),

final as (
    select
        alias,
        rep as rep_ref,
        {{ record_origin() }}
    from records
)

select * from final
