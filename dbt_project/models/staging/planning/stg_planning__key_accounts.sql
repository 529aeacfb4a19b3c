with records as (
    select * from {{ landing_latest('planning', 'key_accounts') }}
),

final as (
    select
        account as account_ref,
        valid_from,
        {{ record_origin() }}
    from records
)

select * from final
