with

deals as (

    select
        *,
        {{ reporting_date('created_at') }} as created_on
    from {{ ref('int_opportunities_current') }}
    where owner_id is not null

),

days as (

    select
        date_day,
        week_start,
        least(week_start + 6, {{ as_of_date() }}) as week_end
    from {{ ref('int_calendar_days') }}
    where date_day <= {{ as_of_date() }}

),

efforts as (

    select
        efforts.*,
        days.week_start
    from {{ ref('int_rep_efforts') }} as efforts
    inner join days on efforts.effort_on = days.date_day
    where efforts.opportunity_id is not null

),

-- a rep whose sources say nothing of what was done to deals gave them unknown time
reps as (

    select
        reps.rep_id,
        coalesce(rules.is_evaluated, false) as has_efforts
    from {{ ref('int_reps_resolved') }} as reps
    left join {{ ref('int_rep_rules_evaluated') }} as rules
        on
        reps.rep_id = rules.rep_id
        and rules.table_name = 'rpt_attention'
        and rules.column_or_rule = 'attributed_minutes'

),

first_days as (

    select
        rep_id,
        min(first_on) as first_on
    from (
        select
            owner_id as rep_id,
            created_on as first_on
        from deals
        union all
        select
            rep_id,
            effort_on as first_on
        from efforts
    ) as begun
    group by rep_id

),

weeks as (

    select
        reps.rep_id,
        reps.has_efforts,
        days.week_start,
        max(days.week_end) as week_end
    from reps
    inner join first_days on reps.rep_id = first_days.rep_id
    inner join days on first_days.first_on <= days.week_end
    group by reps.rep_id, reps.has_efforts, days.week_start

),

deal_weeks as (

    select
        rep_id,
        week_start,
        opportunity_id,
        sum(minutes) as minutes
    from efforts
    group by rep_id, week_start, opportunity_id

),

attention as (

    select
        rep_id,
        week_start,
        sum(minutes) as minutes,
        sum(minutes * minutes) as squares,
        max(minutes) as top_minutes,
        max_by(opportunity_id, (minutes, opportunity_id)) as top_opportunity_id
    from deal_weeks
    group by rep_id, week_start

),

created as (

    select
        deals.owner_id as rep_id,
        days.week_start,
        count(*) as created_count,
        sum(deals.amount) as created_amount
    from deals
    inner join days on deals.created_on = days.date_day
    where {{ is_new_business('deals.opportunity_type') }}
    group by deals.owner_id, days.week_start

),

neglected as (

    select * from {{ ref('int_rep_neglected_weeks') }}

),

measured as (

    select
        weeks.rep_id,
        weeks.week_start,
        weeks.week_end,
        neglected.neglected_open_count,
        case when weeks.has_efforts then coalesce(attention.minutes, 0) end as attributed_minutes,
        case when weeks.has_efforts then attention.top_opportunity_id end as top_opportunity_id,
        case
            when weeks.has_efforts and attention.minutes > 0
                then attention.top_minutes / attention.minutes
        end as top_opportunity_share,
        case
            when weeks.has_efforts and attention.minutes > 0
                then attention.squares / (attention.minutes * attention.minutes)
        end as herfindahl,
        coalesce(created.created_count, 0) as created_count,
        -- deals of which none has an amount are not worth nothing
        case when created.rep_id is null then 0 else created.created_amount end as created_amount
    from weeks
    left join attention on weeks.rep_id = attention.rep_id and weeks.week_start = attention.week_start
    left join created on weeks.rep_id = created.rep_id and weeks.week_start = created.week_start
    left join neglected on weeks.rep_id = neglected.rep_id and weeks.week_end = neglected.week_end

),

judged as (

    select
        *,
        case
            when attributed_minutes is not null
                then
                    attributed_minutes >= 120
                    and coalesce(top_opportunity_share >= 0.5, false)
                    and created_count = 0
        end as is_narrow
    from measured

),

followed as (

    select
        *,
        lag(is_narrow) over rep as was_narrow,
        lag(top_opportunity_id) over rep as previous_top_opportunity_id
    from judged
    window rep as (partition by rep_id order by week_start)

)

select
    rep_id,
    week_start,
    cast(attributed_minutes as double) as attributed_minutes,
    top_opportunity_id,
    cast(top_opportunity_share as double) as top_opportunity_share,
    cast(herfindahl as double) as herfindahl,
    neglected_open_count,
    created_count,
    {{ to_money('created_amount') }} as created_amount,
    case
        when is_narrow is not null
            then
                is_narrow
                and coalesce(was_narrow and top_opportunity_id = previous_top_opportunity_id, false)
    end as is_tunnel_vision,
    {{ as_of() }} as as_of
from followed
