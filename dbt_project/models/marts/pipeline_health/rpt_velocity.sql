-- A quarter of one rep closes too few deals to say what the next will bring: rates, amounts and cycles are
-- those of the 12 months that end with the quarter.
with

quarters as (

    select
        fiscal_quarter,
        fiscal_quarter_start,
        max(date_day) as last_day
    from {{ ref('dim_dates') }}
    where date_day <= {{ as_of_date() }}
    group by fiscal_quarter, fiscal_quarter_start

),

deals as (

    select
        *,
        {{ reporting_date('closed_at') }} as closed_on
    from {{ ref('fct_opportunities') }}
    where {{ is_new_business() }}

),

open_deals as (

    select
        quarters.fiscal_quarter_start,
        -- where nobody recorded the owner of the time, who owns it now
        coalesce(days.owner_id, deals.owner_id) as rep_id,
        count(*) as open_count
    from {{ ref('fct_pipeline_daily') }} as days
    inner join quarters on days.snapshot_date = quarters.last_day
    inner join {{ ref('int_opportunity_traits') }} as traits on days.opportunity_id = traits.opportunity_id
    left join deals on days.opportunity_id = deals.opportunity_id
    where days.outcome = 'open' and {{ is_new_business('traits.opportunity_type') }}
    group by quarters.fiscal_quarter_start, coalesce(days.owner_id, deals.owner_id)

),

closed as (

    select
        quarters.fiscal_quarter_start,
        deals.owner_id as rep_id,
        deals.outcome = 'won' as is_won,
        case when deals.outcome = 'won' then deals.amount end as won_amount,
        case when deals.outcome = 'won' and deals.age_days >= 0 then deals.age_days end as cycle_days
    from deals
    inner join quarters
        on
        deals.closed_on <= quarters.last_day
        and deals.closed_on > {{ dbt.dateadd('month', -12, 'quarters.last_day') }}
    where deals.outcome != 'open'

),

past as (

    select
        fiscal_quarter_start,
        rep_id,
        count(*) as closed_count,
        count(case when is_won then 1 end) as won_count,
        count(won_amount) as amount_n,
        count(cycle_days) as cycle_n,
        avg(won_amount) as mean_won_amount,
        {{ shown_quantile('won_amount', 0.5) }} as p50_won_amount,
        avg(cast(cycle_days as decimal(18, 6))) as mean_cycle_days,
        {{ shown_quantile('cycle_days', 0.5) }} as p50_cycle_days
    from closed
    group by fiscal_quarter_start, rep_id

),

-- a deal without an owner belongs to a row, too: reps are compared with their nulls
merged as (

    select
        coalesce(past.fiscal_quarter_start, open_deals.fiscal_quarter_start) as fiscal_quarter_start,
        coalesce(past.rep_id, open_deals.rep_id) as rep_id,
        coalesce(open_deals.open_count, 0) as open_count,
        coalesce(past.closed_count, 0) as closed_count,
        coalesce(past.won_count, 0) as won_count,
        coalesce(past.amount_n, 0) as amount_n,
        coalesce(past.cycle_n, 0) as cycle_n,
        past.mean_won_amount,
        past.p50_won_amount,
        past.mean_cycle_days,
        past.p50_cycle_days,
        {{ ratio('past.won_count', 'past.closed_count') }} as win_rate
    from past
    full outer join open_deals
        on
        past.fiscal_quarter_start = open_deals.fiscal_quarter_start
        and coalesce(past.rep_id, '') = coalesce(open_deals.rep_id, '')

)

select
    quarters.fiscal_quarter,
    merged.fiscal_quarter_start,
    merged.rep_id,
    merged.open_count,
    merged.closed_count,
    merged.won_count,
    merged.win_rate,
    merged.amount_n,
    {{ to_money('merged.mean_won_amount') }} as mean_won_amount,
    {{ to_money('merged.p50_won_amount') }} as p50_won_amount,
    merged.cycle_n,
    cast(merged.mean_cycle_days as double) as mean_cycle_days,
    cast(merged.p50_cycle_days as double) as p50_cycle_days,
    {{ to_money(ratio(
        'merged.open_count * merged.win_rate * merged.mean_won_amount', 'merged.mean_cycle_days'
    )) }} as expected_amount_per_day,
    {{ to_money(ratio(
        'merged.open_count * merged.win_rate * merged.p50_won_amount', 'merged.p50_cycle_days'
    )) }} as typical_amount_per_day,
    {{ as_of() }} as as_of
from merged
inner join quarters on merged.fiscal_quarter_start = quarters.fiscal_quarter_start
