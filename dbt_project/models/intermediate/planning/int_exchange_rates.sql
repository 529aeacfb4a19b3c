-- Grain: currency × time in which a rate holds, half-open days. One unit is worth `rate` of the
-- reporting currency. A month without a rate carries the last one before; before the first there is
-- none, and money of that time is null. The rate of a month after as_of is a planned one where it had landed
-- by then; what landed later nobody knew.
with rates as (
    select * from {{ ref('stg_planning__exchange_rates') }}
),

one_per_month as (
    select
        currency,
        month_start,
        min(rate) as rate
    from rates
    where
        rate > 0
        and month_start is not null
        and currency <> {{ reporting_currency() }}
        and not (month_start > {{ as_of_date() }} and loaded_at > {{ as_of() }})
    group by 1, 2
),

final as (
    select
        currency,
        rate,
        month_start as valid_from,
        lead(month_start, 1, date '9999-12-31') over (partition by currency order by month_start) as valid_to
    from one_per_month
    union all
    select
        {{ reporting_currency() }} as currency,
        cast(1 as decimal(18, 8)) as rate,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
)

select * from final
