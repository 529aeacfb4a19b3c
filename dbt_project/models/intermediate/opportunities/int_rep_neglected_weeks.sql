-- Grain: rep × end of an ISO week (the current one ends at as_of) with open deals at that end whose touches
-- are known: how many of them had been open for 14 days without a touch.
with ends as (
    select distinct least(week_start + 6, {{ as_of_date() }}) as week_end
    from {{ ref('int_calendar_days') }}
    where date_day <= {{ as_of_date() }}
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
)

select
    open_deals.rep_id,
    open_deals.week_end,
    count(case
        when
            coalesce({{ dbt.datediff('touched_days.effort_on', 'open_deals.week_end', 'day') }} >= 14, true)
            and coalesce(
                {{ dbt.datediff('open_deals.created_on', 'open_deals.week_end', 'day') }} >= 14, true
            )
            then 1
    end) as neglected_open_count
from open_deals
-- the last touch by the end of the week
asof left join touched_days
    on
    open_deals.opportunity_id = touched_days.opportunity_id
    and open_deals.week_end >= touched_days.effort_on
group by open_deals.rep_id, open_deals.week_end
