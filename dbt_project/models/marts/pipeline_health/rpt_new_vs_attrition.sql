with

-- a credit note lowers what was sold before it; it is no sale
numbered as (

    select
        *,
        count(case when native_amount > 0 then 1 end) over (
            partition by account_id, currency order by sold_on
        ) as sale_number
    from {{ ref('int_account_sales') }}
    where amount is not null

),

dated as (

    select
        *,
        case when sale_number > 0 then min(sold_on) over sale end as sale_on
    from numbered
    window sale as (partition by account_id, currency, sale_number)

),

-- what was credited in full, in its own currency, before it was a year old was no sale either
netted as (

    select
        *,
        coalesce(
            sum(
                case when sold_on <= {{ dbt.dateadd('month', 12, 'sale_on') }} then native_amount end
            ) over sale > 0,
            false
        ) as is_of_sale
    from dated
    window sale as (partition by account_id, currency, sale_number)

),

sales as (

    select
        *,
        is_of_sale and native_amount > 0 as is_sale,
        min(case when is_of_sale and native_amount > 0 then sold_on end) over (partition by account_id)
            as first_sold_on,
        min(case when is_of_sale and native_amount > 0 then sold_on end) over (
            partition by account_id order by sold_on rows between 1 following and unbounded following
        ) as next_sold_on
    from netted

),

spans as (

    select
        max(basis) as basis,
        {{ dbt.date_trunc('month', 'min(sold_on)') }} as first_month_start
    from sales

),

months as (

    select distinct
        spans.basis,
        cast({{ dbt.date_trunc('month', 'days.date_day') }} as date) as month_start
    from {{ ref('int_calendar_days') }} as days
    inner join spans on days.date_day >= spans.first_month_start
    where days.date_day <= {{ as_of_date() }}

),

-- the last sale before 12 months without one, or without one up to as_of
last_sales as (

    select
        account_id,
        sold_on,
        cast({{ dbt.dateadd('month', 12, 'sold_on') }} as date) as lost_on
    from sales
    where
        is_sale
        and {{ dbt.dateadd('month', 12, 'sold_on') }} <= {{ as_of_date() }}
        and coalesce(next_sold_on > {{ dbt.dateadd('month', 12, 'sold_on') }}, true)

),

losses as (

    select
        last_sales.account_id,
        last_sales.lost_on,
        sum(sales.amount) as lost_amount
    from last_sales
    inner join sales
        on
        last_sales.account_id = sales.account_id
        and last_sales.lost_on >= sales.sold_on
        and sales.sold_on > {{ dbt.dateadd('month', -12, 'last_sales.sold_on') }}
    where sales.is_of_sale
    group by last_sales.account_id, last_sales.lost_on

),

events as (

    select
        account_id,
        cast({{ dbt.date_trunc('month', 'sold_on') }} as date) as month_start,
        amount,
        case when sold_on < {{ dbt.dateadd('month', 12, 'first_sold_on') }} then amount else 0 end
            as new_amount,
        0 as lost_amount,
        0 as lost_customers
    from sales
    union all
    select
        account_id,
        cast({{ dbt.date_trunc('month', 'lost_on') }} as date) as month_start,
        0 as amount,
        0 as new_amount,
        lost_amount,
        1 as lost_customers
    from losses

),

-- each month's events count in it and in the 11 after
twelve_months as (

    select
        months.month_start,
        events.account_id,
        sum(events.amount) as amount,
        sum(events.new_amount) as new_amount,
        sum(events.lost_amount) as lost_amount,
        sum(events.lost_customers) as lost_customers
    from months
    inner join events
        on
        months.month_start >= events.month_start
        and months.month_start < {{ dbt.dateadd('month', 12, 'events.month_start') }}
    group by months.month_start, events.account_id

),

summed as (

    select
        month_start,
        count(case when amount > 0 then 1 end) as customer_count,
        sum(amount) as revenue_amount,
        sum(new_amount) as new_amount,
        sum(lost_amount) as lost_customer_amount,
        sum(lost_customers) as lost_customer_count,
        max(amount) as largest_customer_amount,
        max_by(account_id, (amount, account_id)) as largest_account_id
    from twelve_months
    group by month_start

)

select
    months.month_start,
    months.basis,
    coalesce(summed.customer_count, 0) as customer_count,
    {{ to_money('coalesce(summed.revenue_amount, 0)') }} as revenue_amount,
    {{ to_money('coalesce(summed.new_amount, 0)') }} as new_amount,
    {{ to_money('coalesce(summed.lost_customer_amount, 0)') }} as lost_customer_amount,
    cast(coalesce(summed.lost_customer_count, 0) as bigint) as lost_customer_count,
    {{ to_money('coalesce(summed.new_amount - summed.lost_customer_amount, 0)') }} as margin_amount,
    cast(
        12.0 * (summed.new_amount - summed.lost_customer_amount)
        / case when summed.lost_customer_amount > 0 then summed.lost_customer_amount end as double
    ) as margin_months,
    case when summed.largest_customer_amount > 0 then summed.largest_account_id end as largest_account_id,
    {{ to_money('summed.largest_customer_amount') }} as largest_customer_amount,
    coalesce(summed.new_amount - summed.lost_customer_amount, 0) < summed.largest_customer_amount
        as is_one_client_away,
    row_number() over (order by months.month_start) as history_months,
    {{ as_of() }} as as_of
from months
left join summed on months.month_start = summed.month_start
