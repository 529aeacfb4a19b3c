-- Grain: day of the reporting zone, from the first lead (1990 at the earliest) to 90 days after as_of.
-- `business_day_number` counts the business days up to and including the day.
with span as (
    select
        greatest(
            least(min({{ reporting_date('created_at') }}), {{ as_of_date() }}), date '1990-01-01'
        ) as first_day,
        {{ dbt.dateadd('day', 90, as_of_date()) }} as last_day
    from {{ ref('int_leads_unioned') }}
),

days as (
    select {{ days_of_span('coalesce(first_day, ' ~ as_of_date() ~ ')', 'last_day') }} as date_day
    from span
),

holidays as (
    select distinct holiday_on from {{ ref('stg_planning__holidays') }}
),

marked as (
    select
        days.date_day,
        extract(isodow from days.date_day) <= 5 and holidays.holiday_on is null as is_business_day
    from days
    left join holidays on days.date_day = holidays.holiday_on
)

select
    date_day,
    is_business_day,
    sum(case when is_business_day then 1 else 0 end) over (order by date_day) as business_day_number
from marked
