with

days as (

    select * from {{ ref('int_calendar_days') }}

)

select
    date_day,
    week_start,
    month_start,
    fiscal_quarter,
    fiscal_quarter_start,
    fiscal_quarter_end,
    iso_weekday,
    is_holiday,
    is_business_day,
    is_past
from days
