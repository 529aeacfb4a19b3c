-- Open pipeline at the end of a day, once as published per day and once from the versions valid at that
-- moment, to the cent: on the last 31 days and on every first of a month.
with

days as (

    select
        date_day,
        {{ reporting_day_start(dbt.dateadd('day', 1, 'date_day')) }} as day_end
    from {{ ref('dim_dates') }}
    where
        date_day <= {{ as_of_date() }}
        and (date_day = month_start or date_day > {{ dbt.dateadd('day', -31, as_of_date()) }})

),

published as (

    select
        snapshot_date,
        count(*) as deals,
        coalesce(sum(amount), 0) as amount,
        count(case when is_eligible then 1 end) as eligible_deals
    from {{ ref('fct_pipeline_daily') }}
    where outcome = 'open'
    group by snapshot_date

),

recounted as (

    select
        days.date_day,
        count(*) as deals,
        coalesce(sum(versions.amount), 0) as amount,
        count(case when versions.is_eligible then 1 end) as eligible_deals
    from days
    inner join {{ ref('fct_opportunity_versions') }} as versions
        on days.day_end > versions.valid_from and coalesce(days.day_end <= versions.valid_to, true)
    where versions.outcome = 'open'
    group by days.date_day

)

select
    days.date_day,
    published.deals as published_deals,
    recounted.deals as recounted_deals,
    published.amount as published_amount,
    recounted.amount as recounted_amount
from days
left join published on days.date_day = published.snapshot_date
left join recounted on days.date_day = recounted.date_day
where
    coalesce(published.deals, 0) != coalesce(recounted.deals, 0)
    or coalesce(published.amount, 0) != coalesce(recounted.amount, 0)
    or coalesce(published.eligible_deals, 0) != coalesce(recounted.eligible_deals, 0)
