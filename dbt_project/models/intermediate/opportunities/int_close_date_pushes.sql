{#- Each move of a close date into a later month that was made while the deal was open. -#}

with

versions as (

    select
        *,
        lag(opportunity_id) over deal is null as is_first,
        lag(close_date) over deal as close_date_before
    from {{ ref('int_opportunity_versions') }}
    window deal as (partition by opportunity_id order by valid_from)

),

-- The dates that somebody promised: closing a deal sets its date too, and that one stands after a reopening
-- until somebody sets another.
promises as (

    select
        opportunity_id,
        valid_from,
        valid_from_date,
        close_date,
        lag(close_date) over (partition by opportunity_id order by valid_from) as previous_close_date
    from versions
    where outcome = 'open' and (is_first or close_date is distinct from close_date_before)

)

select
    opportunity_id,
    valid_from as pushed_at,
    valid_from_date as pushed_on,
    previous_close_date,
    close_date,
    {{ dbt.datediff('previous_close_date', 'close_date', 'day') }} as days_pushed
from promises
-- fiscal months are calendar months
where {{ dbt.date_trunc('month', 'close_date') }} > {{ dbt.date_trunc('month', 'previous_close_date') }}
