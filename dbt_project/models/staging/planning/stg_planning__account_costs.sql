with records as (
    select * from {{ landing_latest('planning', 'account_costs') }}
),

final as (
    select
        account as account_ref,
        month as month_start,
        amount as cost_amount,
        {{ currency_code('currency') }} as currency,
        {{ record_origin() }}
    from records
)

select * from final
