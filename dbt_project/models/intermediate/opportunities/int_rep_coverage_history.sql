{#- How much of what was open a rep went on to win: in each of the last eight finished fiscal quarters, on
    the day that lies as far into it (or before it) as as_of does with the present quarter and the next
    two. -#}

with

quarters as (

    select distinct
        fiscal_quarter_start,
        fiscal_quarter_end
    from {{ ref('int_calendar_days') }}

),

targets as (

    select
        fiscal_quarter_start as target_start,
        {{ dbt.datediff('fiscal_quarter_start', as_of_date(), 'day') }} as days_into
    from quarters
    where
        fiscal_quarter_end >= {{ as_of_date() }}
        and fiscal_quarter_start <= {{ dbt.dateadd('month', 6, as_of_date()) }}

),

earlier as (

    select
        targets.target_start,
        quarters.fiscal_quarter_start,
        quarters.fiscal_quarter_end,
        -- quarters differ by up to three days: never beyond the end
        least(
            cast({{ dbt.dateadd('day', 'targets.days_into', 'quarters.fiscal_quarter_start') }} as date),
            quarters.fiscal_quarter_end
        ) as day_then
    from quarters
    cross join targets
    where
        quarters.fiscal_quarter_end < {{ as_of_date() }}
        and quarters.fiscal_quarter_start >= {{ dbt.dateadd(
            'month', -24, fiscal_quarter_start(as_of_date())
        ) }}

),

deals as (

    select
        opportunity_id,
        owner_id,
        outcome,
        amount,
        {{ reporting_date('closed_at') }} as closed_on
    from {{ ref('int_opportunities_current') }}
    where {{ is_new_business() }}

),

traits as (

    select * from {{ ref('int_opportunity_traits') }}

),

open_then as (

    select
        versions.owner_id as rep_id,
        earlier.target_start,
        earlier.fiscal_quarter_start,
        sum(versions.amount) as open_amount
    from {{ ref('int_opportunity_versions') }} as versions
    inner join traits on versions.opportunity_id = traits.opportunity_id
    inner join earlier
        on
        versions.valid_from_date <= earlier.day_then
        and coalesce(versions.valid_to_date > earlier.day_then, true)
        and versions.close_date >= greatest(earlier.fiscal_quarter_start, earlier.day_then)
        and versions.close_date <= earlier.fiscal_quarter_end
    where versions.is_eligible and {{ is_new_business('traits.opportunity_type') }}
    group by versions.owner_id, earlier.target_start, earlier.fiscal_quarter_start

),

won_after as (

    select
        deals.owner_id as rep_id,
        earlier.target_start,
        earlier.fiscal_quarter_start,
        sum(deals.amount) as won_amount
    from deals
    inner join earlier
        on
        deals.closed_on > earlier.day_then
        and deals.closed_on between earlier.fiscal_quarter_start and earlier.fiscal_quarter_end
    where deals.outcome = 'won'
    group by deals.owner_id, earlier.target_start, earlier.fiscal_quarter_start

),

ratios as (

    select
        open_then.rep_id,
        open_then.target_start,
        {{ ratio('coalesce(won_after.won_amount, 0)', 'open_then.open_amount') }} as won_to_open_ratio
    from open_then
    left join won_after
        on
        open_then.rep_id = won_after.rep_id
        and open_then.target_start = won_after.target_start
        and open_then.fiscal_quarter_start = won_after.fiscal_quarter_start

)

select
    rep_id,
    target_start as fiscal_quarter_start,
    count(won_to_open_ratio) as quarters_n,
    {{ shown_quantile('won_to_open_ratio', 0.5) }} as p50_won_to_open_ratio
from ratios
where rep_id is not null
group by rep_id, target_start
