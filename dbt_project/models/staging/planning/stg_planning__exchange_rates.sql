with records as (
    select * from {{ landing_latest('planning', 'exchange_rates') }}
),

final as (
    select
        month as month_start,
        upper(currency) as currency,
        rate,
        {{ record_origin() }}
    from records
)

select * from final
