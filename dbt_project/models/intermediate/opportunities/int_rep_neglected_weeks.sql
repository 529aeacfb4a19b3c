-- Grain: rep × end of an ISO week (the current one ends at as_of) with open deals at that end whose touches
-- are known: how many of them had been open for 14 days without a touch.
with days as (
    select
        date_day,
        least(week_start + 6, {{ as_of_date() }}) as week_end
    from {{ ref('int_calendar_days') }}
    where date_day <= {{ as_of_date() }}
),

ends as (
    select distinct week_end from days
),

-- deals of sources whose activities name no deal are not untouched
deals as (
    select
        opportunity_id,
        {{ reporting_date('created_at') }} as created_on
    from {{ ref('int_opportunities_current') }}
    where touches is not null
),

open_deals as (
    select
        versions.owner_id as rep_id,
        versions.opportunity_id,
        ends.week_end,
        deals.created_on
    from {{ ref('int_opportunity_versions') }} as versions
    inner join deals on versions.opportunity_id = deals.opportunity_id
    inner join ends
        on
        versions.valid_from_date <= ends.week_end
        and coalesce(versions.valid_to_date, date '9999-12-31') > ends.week_end
    where versions.outcome = 'open' and versions.owner_id is not null
),

touched_days as (
    select distinct
        opportunity_id,
        effort_on
    from {{ ref('int_rep_efforts') }}
    where opportunity_id is not null
),

-- the week ends within 14 days of a touch: at most three, and no join of every touch with every week
reach as (
    select {{ rows_of_numbers(14) }} as later
),

touched as (
    select distinct
        touched_days.opportunity_id,
        days.week_end
    from touched_days
    cross join reach
    inner join days
        on cast({{ dbt.dateadd('day', 'reach.later', 'touched_days.effort_on') }} as date) = days.date_day
    where days.date_day = days.week_end
)

select
    open_deals.rep_id,
    open_deals.week_end,
    count(case
        when
            touched.opportunity_id is null
            and coalesce(
                {{ dbt.datediff('open_deals.created_on', 'open_deals.week_end', 'day') }} >= 14, true
            )
            then 1
    end) as neglected_open_count
from open_deals
left join touched
    on open_deals.opportunity_id = touched.opportunity_id and open_deals.week_end = touched.week_end
group by open_deals.rep_id, open_deals.week_end
