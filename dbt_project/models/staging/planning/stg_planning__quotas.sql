with records as (
    select * from {{ landing_latest('planning', 'quotas') }}
),

final as (
    select
        rep as rep_ref,
        period,
        amount as quota_amount,
        upper(currency) as currency,
        {{ record_origin() }}
    from records
)

select * from final
