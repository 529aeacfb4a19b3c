with records as (
    select * from {{ landing_latest('planning', 'target_accounts') }}
),

final as (
    select
        account as account_ref,
        rep as rep_ref,
        valid_from,
        valid_to,
        {{ record_origin() }}
    from records
)

select * from final
