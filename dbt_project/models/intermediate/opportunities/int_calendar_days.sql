{#- Days from the first record to as_of, and as far ahead as deals are expected to close; never more
    than 30 years back and 5 ahead, so that a mistyped year does not make a calendar of millennia. -#}

with

moments as (

    select cast(created_at as date) as date_day from {{ ref('int_opportunity_lives') }}
    union all
    select close_date as date_day from {{ ref('int_opportunity_lives') }}
    union all
    select cast(created_at as date) as date_day from {{ ref('int_leads_resolved') }}
    union all
    select cast(occurred_at as date) as date_day from {{ ref('int_touches') }}

),

bounds as (

    select
        greatest(
            {{ dbt.dateadd('year', -30, as_of_date()) }},
            {{ dbt.date_trunc('year', 'least(min(date_day), ' ~ as_of_date() ~ ')') }}
        ) as first_day,
        least(
            {{ dbt.dateadd('year', 5, as_of_date()) }},
            greatest({{ dbt.dateadd('day', 370, as_of_date()) }}, max(date_day))
        ) as last_day
    from moments

),

days as (

    select {{ days_of_span(
        'coalesce(cast(first_day as date), ' ~ dbt.dateadd('year', -1, as_of_date()) ~ ')',
        'coalesce(cast(last_day as date), ' ~ dbt.dateadd('day', 370, as_of_date()) ~ ')'
    ) }} as date_day
    from bounds

),

holidays as (

    select distinct holiday_on from {{ ref('stg_planning__holidays') }}

),

described as (

    select
        days.date_day,
        cast({{ dbt.date_trunc('week', 'days.date_day') }} as date) as week_start,
        cast({{ dbt.date_trunc('month', 'days.date_day') }} as date) as month_start,
        {{ fiscal_quarter('days.date_day') }} as fiscal_quarter,
        {{ fiscal_quarter_start('days.date_day') }} as fiscal_quarter_start,
        cast(extract(isodow from days.date_day) as integer) as iso_weekday,
        holidays.holiday_on is not null as is_holiday
    from days
    left join holidays on days.date_day = holidays.holiday_on

)

select
    date_day,
    week_start,
    month_start,
    fiscal_quarter,
    fiscal_quarter_start,
    {{ fiscal_quarter_end('date_day') }} as fiscal_quarter_end,
    iso_weekday,
    is_holiday,
    iso_weekday <= 5 and not is_holiday as is_business_day,
    sum(case when iso_weekday <= 5 and not is_holiday then 1 else 0 end)
        over (order by date_day) as business_day_number,
    date_day < {{ as_of_date() }} as is_past
from described
