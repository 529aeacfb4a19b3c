with records as (
    select * from {{ landing_latest('planning', 'exchange_rates') }}
),

final as (
    select
        month as month_start,
        {{ currency_code('currency') }} as currency,
        rate,
        {{ record_origin() }}
    from records
)

select * from final
