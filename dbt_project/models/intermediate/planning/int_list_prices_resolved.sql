-- Grain: product × currency × time in which a list price holds; half-open days. Converted at the rate
-- of the first day of that time.
with prices as (
    select
        product,
        list_price,
        coalesce(currency, {{ reporting_currency() }}) as currency,
        coalesce(valid_from, date '1900-01-01') as valid_from
    from {{ ref('stg_planning__list_prices') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

one_per_day as (
    select
        product,
        currency,
        valid_from,
        max(list_price) as list_price
    from prices
    group by 1, 2, 3
),

ranged as (
    select
        *,
        {{ valid_until('product, currency') }} as valid_to
    from one_per_day
),

final as (
    select
        ranged.product,
        ranged.currency,
        ranged.list_price as native_list_price,
        cast({{ convert('ranged.list_price', 'rates.rate') }} as decimal(18, 4)) as list_price,
        ranged.valid_from,
        ranged.valid_to
    from ranged
    left join rates
        on ranged.currency = rates.currency
        and ranged.valid_from >= rates.valid_from
        and ranged.valid_from < rates.valid_to
)

select * from final
