{%- set thirds = {'top': 1, 'middle': 2, 'bottom': 3} %}
with

thirds as (

    select * from {{ ref('int_stage_thirds') }}

),

reps as (

    select
        reps.rep_id,
        reps.team,
        coalesce(rules.is_evaluated, false) as has_efforts
    from {{ ref('int_reps_resolved') }} as reps
    left join {{ ref('int_rep_rules_evaluated') }} as rules
        on
        reps.rep_id = rules.rep_id
        and rules.table_name = 'rpt_funnel_balance'
        and rules.column_or_rule = 'effort_minutes'

),

-- today, and the ends of the 12 months before this one
snapshots as (

    select
        daily.snapshot_date,
        daily.owner_id as rep_id,
        daily.snapshot_date = {{ as_of_date() }} as is_now,
        thirds.third,
        daily.amount
    from {{ ref('fct_pipeline_daily') }} as daily
    inner join thirds on daily.pipeline_id = thirds.pipeline_id and daily.stage = thirds.stage
    where
        daily.outcome = 'open'
        and daily.amount is not null
        and daily.owner_id is not null
        and (
            daily.snapshot_date = {{ as_of_date() }}
            or (
                daily.snapshot_date = {{ dbt.last_day('daily.snapshot_date', 'month') }}
                and daily.snapshot_date < {{ dbt.date_trunc('month', as_of_date()) }}
                and daily.snapshot_date
                >= {{ dbt.dateadd('month', -12, dbt.date_trunc('month', as_of_date())) }}
            )
        )

),

efforts as (

    select
        efforts.rep_id,
    {%- for name, third in thirds.items() %}
        sum(case when thirds.third = {{ third }} then efforts.minutes else 0 end) as {{ name }}_minutes
        {{- "," if not loop.last }}
    {%- endfor %}
    from {{ ref('int_rep_efforts') }} as efforts
    inner join {{ ref('fct_pipeline_daily') }} as daily
        on efforts.opportunity_id = daily.opportunity_id and efforts.effort_on = daily.snapshot_date
    inner join thirds on daily.pipeline_id = thirds.pipeline_id and daily.stage = thirds.stage
    where efforts.effort_on > {{ dbt.dateadd('day', -28, as_of_date()) }}
    group by efforts.rep_id

),

{% for part, (key, is_now) in {
    'today': ('reps.rep_id', 'snapshots.is_now'),
    'own': ('reps.rep_id', 'not snapshots.is_now'),
    'team': ('reps.team', 'not snapshots.is_now'),
}.items() %}
    {{ part }} as (

        select
            {{ key }},
            {%- for name, third in thirds.items() %}
                sum(case when snapshots.third = {{ third }} then snapshots.amount else 0 end)
                / nullif(greatest(sum(snapshots.amount), 0), 0) as {{ name }}_share,
            {%- endfor %}
            count(distinct snapshots.snapshot_date) as months,
            sum(snapshots.amount) as amount
        from snapshots
        inner join reps on snapshots.rep_id = reps.rep_id
        where {{ is_now }} and {{ key }} is not null
        group by {{ key }}

    ),

{% endfor %}
joined as (

    select
        reps.rep_id,
        reps.has_efforts,
        coalesce(today.amount, 0) as open_amount,
        coalesce(own.months, 0) as baseline_months,
    {%- for name in thirds %}
        cast(today.{{ name }}_share as double) as {{ name }}_share,
        cast(own.{{ name }}_share as double) as own_{{ name }}_baseline,
        cast(team.{{ name }}_share as double) as team_{{ name }}_baseline,
        case when reps.has_efforts then coalesce(efforts.{{ name }}_minutes, 0) end
            as {{ name }}_effort_minutes
        {{- "," if not loop.last }}
    {%- endfor %}
    from reps
    left join today on reps.rep_id = today.rep_id
    left join own on reps.rep_id = own.rep_id
    left join team on reps.team = team.team
    left join efforts on reps.rep_id = efforts.rep_id
    where today.rep_id is not null or own.rep_id is not null

)

select
    rep_id,
    {{ to_money('open_amount') }} as open_amount,
    top_share,
    middle_share,
    bottom_share,
    baseline_months,
    own_top_baseline,
    own_middle_baseline,
    own_bottom_baseline,
    team_top_baseline,
    team_middle_baseline,
    team_bottom_baseline,
    -- to nine places: what lies exactly on a limit is not lost to binary fractions
    round((
        abs(top_share - own_top_baseline) + abs(middle_share - own_middle_baseline)
        + abs(bottom_share - own_bottom_baseline)
    ) / 2, 9) as imbalance,
    round((
        abs(top_share - team_top_baseline) + abs(middle_share - team_middle_baseline)
        + abs(bottom_share - team_bottom_baseline)
    ) / 2, 9) as team_imbalance,
    cast(top_effort_minutes as double) as top_effort_minutes,
    cast(middle_effort_minutes as double) as middle_effort_minutes,
    cast(bottom_effort_minutes as double) as bottom_effort_minutes,
    bottom_share >= 0.5 and round(bottom_share - own_bottom_baseline, 9) >= 0.15 as is_bottom_heavy,
    {{ as_of() }} as as_of
from joined
