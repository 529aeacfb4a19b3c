with records as (
    select * from {{ landing_latest('planning', 'list_prices') }}
),

final as (
    select
        product,
        price as list_price,
        {{ currency_code('currency') }} as currency,
        valid_from,
        {{ record_origin() }}
    from records
)

select * from final
