-- Grain: key account × fiscal quarter, from its first sale, order, cost or effort since the quarter in which
-- it became one up to that of as_of; quarters are whole, since they are compared. Sums of the quarter; null
-- where nothing of the kind is known of it, or a part is in a currency without a rate.
with keys as (
    select
        keys.account_id,
        keys.valid_from,
        accounts.source_instance
    from {{ ref('int_key_accounts_resolved') }} as keys
    left join {{ ref('int_accounts_resolved') }} as accounts on keys.account_id = accounts.account_id
),

parts as (
    select
        account_id,
        sold_on as day,
        amount as revenue_amount,
        cast(null as decimal(18, 2)) as won_amount,
        cast(null as decimal(18, 2)) as list_amount,
        cast(null as decimal(18, 2)) as cost_amount,
        cast(null as decimal(18, 4)) as effort_minutes,
        unconverted as unconverted_sales,
        0 as unconverted_costs
    from {{ ref('int_account_sales') }}
    union all
    -- a discount is known of deals of which both prices are
    select
        account_id,
        {{ reporting_date('closed_at') }} as day,
        null as revenue_amount,
        amount as won_amount,
        list_amount,
        null as cost_amount,
        null as effort_minutes,
        0 as unconverted_sales,
        0 as unconverted_costs
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won' and amount is not null and list_amount is not null
    union all
    select
        account_id,
        month_start as day,
        null as revenue_amount,
        null as won_amount,
        null as list_amount,
        cost_amount,
        null as effort_minutes,
        0 as unconverted_sales,
        case when cost_amount is null and native_cost_amount is not null then 1 else 0 end
            as unconverted_costs
    from {{ ref('int_account_costs_resolved') }}
    union all
    select
        account_id,
        effort_on as day,
        null as revenue_amount,
        null as won_amount,
        null as list_amount,
        null as cost_amount,
        minutes as effort_minutes,
        0 as unconverted_sales,
        0 as unconverted_costs
    from {{ ref('int_rep_efforts') }}
),

quarters as (
    select
        keys.account_id,
        {{ fiscal_quarter_start('parts.day') }} as quarter_start,
        case when sum(parts.unconverted_sales) = 0 then sum(parts.revenue_amount) end as revenue_amount,
        sum(parts.unconverted_sales) > 0 as is_revenue_unknown,
        sum(parts.won_amount) as won_amount,
        sum(parts.list_amount) as list_amount,
        case when sum(parts.unconverted_costs) = 0 then sum(parts.cost_amount) end as cost_amount,
        sum(parts.effort_minutes) as effort_minutes
    from keys
    inner join parts on keys.account_id = parts.account_id
    where parts.day <= {{ as_of_date() }} and parts.day >= {{ fiscal_quarter_start('keys.valid_from') }}
    group by keys.account_id, {{ fiscal_quarter_start('parts.day') }}
),

firsts as (
    select
        account_id,
        min(quarter_start) as first_quarter_start
    from quarters
    group by account_id
),

calendar as (
    select distinct
        fiscal_quarter,
        fiscal_quarter_start,
        fiscal_quarter_end
    from {{ ref('int_calendar_days') }}
    where date_day <= {{ as_of_date() }}
)

select
    keys.account_id,
    keys.source_instance,
    calendar.fiscal_quarter,
    calendar.fiscal_quarter_start,
    calendar.fiscal_quarter_end <= {{ as_of_date() }} as is_complete,
    quarters.revenue_amount,
    coalesce(quarters.is_revenue_unknown, false) as is_revenue_unknown,
    quarters.won_amount,
    quarters.list_amount,
    quarters.cost_amount,
    quarters.effort_minutes / 60 as effort_hours
from keys
inner join firsts on keys.account_id = firsts.account_id
inner join calendar on firsts.first_quarter_start <= calendar.fiscal_quarter_start
left join quarters
    on keys.account_id = quarters.account_id and calendar.fiscal_quarter_start = quarters.quarter_start
