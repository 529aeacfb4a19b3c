-- Grain: rep × day of the rep's clock × layer that time went to (null: none). Every moment goes to the first
-- layer that covers it. Uses are cut at midnight, then each day is swept once: running sums of what begins
-- and ends, no join of ranges.
with days as (
    select * from {{ ref('int_rep_days') }}
),

begun as (
    select
        uses.rep_id,
        uses.layer,
        uses.weight,
        uses.starts_at,
        uses.ends_at,
        days.date_day,
        days.ends_at as day_ends_at
    from {{ ref('int_time_uses') }} as uses
    asof inner join days
        on uses.rep_id = days.rep_id and uses.starts_at >= days.starts_at
),

-- few go on past midnight; the last of these days may hold nothing of them
later_days as (
    select
        rep_id,
        layer,
        weight,
        ends_at,
        {{ days_of_span(dbt.dateadd('day', 1, 'date_day'), dbt.dateadd('day', 1, 'cast(ends_at as date)')) }}
            as date_day
    from begun
    where ends_at > day_ends_at
),

pieces as (
    select
        rep_id,
        date_day,
        layer,
        weight,
        starts_at,
        least(ends_at, day_ends_at) as ends_at
    from begun
    where starts_at < day_ends_at
    union all
    select
        later_days.rep_id,
        later_days.date_day,
        later_days.layer,
        later_days.weight,
        days.starts_at,
        least(later_days.ends_at, days.ends_at) as ends_at
    from later_days
    inner join days on later_days.rep_id = days.rep_id and later_days.date_day = days.date_day
    where later_days.ends_at > days.starts_at
),

-- of pieces of one layer at once only what the earlier ones leave: a layer is on or off
layered as (
    select
        rep_id,
        date_day,
        layer,
        starts_at,
        ends_at,
        max(ends_at) over (
            partition by rep_id, date_day, layer
            order by starts_at, ends_at
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from pieces
    where layer <> 'work'
),

spans as (
    select
        rep_id,
        date_day,
        greatest(starts_at, covered_until) as starts_at,
        ends_at,
        0 as work_change,
        {{ time_layer_digit('layer') }} as layers_change
    from layered
    where covered_until is null or ends_at > covered_until
    union all
    select
        rep_id,
        date_day,
        starts_at,
        ends_at,
        weight as work_change,
        0 as layers_change
    from pieces
    where layer = 'work'
),

changes as (
    select
        rep_id,
        date_day,
        starts_at as moment,
        work_change,
        layers_change
    from spans
    union all
    select
        rep_id,
        date_day,
        ends_at as moment,
        -work_change as work_change,
        -layers_change as layers_change
    from spans
),

running as (
    select
        rep_id,
        date_day,
        moment,
        lead(moment) over until_now as until_moment,
        sum(work_change) over until_now as work_on,
        sum(layers_change) over until_now as layers_on
    from changes
    window until_now as (
        partition by rep_id, date_day order by moment rows between unbounded preceding and current row
    )
),

stretches as (
    select
        rep_id,
        date_day,
        work_on,
        {{ dbt.datediff('moment', 'until_moment', 'microsecond') }} as microseconds,
        {{ first_time_layer('layers_on') }} as layer
    from running
    -- of several changes at one moment the last knows them all
    where until_moment > moment
)

select
    rep_id,
    date_day,
    layer,
    -- whole numbers are added, then divided: fractions would add up by the order in which threads meet them
    cast(
        sum(case when work_on > 0 then microseconds * work_on else 0 end) / 1000000000000 as decimal(18, 6)
    ) as working_seconds,
    cast(sum(case when work_on = 0 then microseconds else 0 end) / 1000000 as decimal(18, 6))
        as other_seconds,
    cast(sum(microseconds) / 1000000 as decimal(18, 6)) as seconds
from stretches
where work_on > 0 or layer is not null
group by rep_id, date_day, layer
