-- Grain: active rep with a quota or open deals × week ahead, 0 to 26. What is asked for in that week, and
-- what of today's eligible deals will still be open after it: a deal leaves in the week of its close date, or
-- of its age at which nine in ten won deals were won, whichever comes first (past: now). Amounts are null
-- where the source lands none: nobody knows what is open.
with reps as (
    select
        reps.rep_id,
        reps.hired_on,
        coalesce(rules.is_evaluated, false) as has_amounts
    from {{ ref('int_reps_resolved') }} as reps
    left join {{ ref('int_rep_rules_evaluated') }} as rules
        on
        reps.rep_id = rules.rep_id
        and rules.table_name = 'rpt_cliff'
        and rules.column_or_rule = 'projected_open_amount'
    where reps.is_active
),

deals as (
    select
        *,
        {{ reporting_date('created_at') }} as created_on
    from {{ ref('int_opportunities_current') }}
    where {{ is_new_business() }} and owner_id is not null
),

residence as (
    select * from {{ ref('int_rep_residence') }}
),

quotas as (
    select * from {{ ref('int_quotas_by_quarter') }}
),

exits as (
    select
        deals.owner_id as rep_id,
        deals.amount,
        -- without any date nobody knows when it leaves: it stays
        least(
            deals.close_date,
            {{ dbt.dateadd('day', 'cast(floor(residence.p90_cycle_days) as integer)', 'deals.created_on') }}
        ) as exit_on
    from deals
    left join residence on deals.owner_id = residence.rep_id
    where deals.is_eligible
),

leaving as (
    select
        rep_id,
        amount,
        case
            when exit_on is null then 27
            when exit_on < {{ as_of_date() }} then 0
            else least(floor({{ dbt.datediff(as_of_date(), 'exit_on', 'day') }} / 7.0), 27)
        end as exit_week
    from exits
),

exit_weeks as (
    select
        rep_id,
        exit_week,
        sum(amount) as amount
    from leaving
    group by rep_id, exit_week
),

firsts as (
    select
        owner_id as rep_id,
        min(created_on) as first_deal_on
    from deals
    group by owner_id
),

fresh as (
    select
        owner_id as rep_id,
        sum(amount) as created_amount
    from deals
    where
        created_on > {{ dbt.dateadd('day', -56, as_of_date()) }}
        and created_on <= {{ as_of_date() }}
    group by owner_id
),

weeks as (
    select {{ rows_of_numbers(27) }} as week_ahead
),

days as (
    select
        week_ahead,
        cast({{ dbt.dateadd('day', 'week_ahead * 7', as_of_date()) }} as date) as week_starts_on
    from weeks
),

asked as (
    select
        quotas.rep_id,
        days.week_ahead,
        max_by(quotas.fiscal_quarter_start, quotas.fiscal_quarter_start) as quota_quarter_start,
        max_by(
            quotas.quota_amount * 7 / ({{ dbt.datediff(
                'quotas.fiscal_quarter_start', fiscal_quarter_end('quotas.fiscal_quarter_start'), 'day'
            ) }} + 1),
            quotas.fiscal_quarter_start
        ) as weekly_quota_amount
    from days
    inner join quotas on days.week_starts_on >= quotas.fiscal_quarter_start
    -- a quota that is not known leaves the one before it assumed
    where quotas.quota_amount is not null
    group by quotas.rep_id, days.week_ahead
),

still_open as (
    select
        exit_weeks.rep_id,
        days.week_ahead,
        sum(exit_weeks.amount) as still_open_amount
    from days
    inner join exit_weeks on days.week_ahead < exit_weeks.exit_week
    group by exit_weeks.rep_id, days.week_ahead
)

select
    reps.rep_id,
    days.week_ahead,
    days.week_starts_on,
    asked.weekly_quota_amount,
    asked.quota_quarter_start < {{ fiscal_quarter_start('days.week_starts_on') }} as is_quota_assumed,
    case when reps.has_amounts then coalesce(still_open.still_open_amount, 0) end as still_open_amount,
    case when reps.has_amounts then coalesce(fresh.created_amount, 0) end as created_amount,
    -- who has been here for less than eight weeks has created in as many
    least(8, greatest(1, (
        {{ dbt.datediff('coalesce(reps.hired_on, firsts.first_deal_on)', as_of_date(), 'day') }} + 1
    ) / 7.0)) as creation_weeks
from reps
cross join days
left join asked on reps.rep_id = asked.rep_id and days.week_ahead = asked.week_ahead
left join still_open on reps.rep_id = still_open.rep_id and days.week_ahead = still_open.week_ahead
left join firsts on reps.rep_id = firsts.rep_id
left join fresh on reps.rep_id = fresh.rep_id
where
    reps.rep_id in (select quotas.rep_id from quotas)
    or reps.rep_id in (select exits.rep_id from exits)
    or fresh.rep_id is not null
