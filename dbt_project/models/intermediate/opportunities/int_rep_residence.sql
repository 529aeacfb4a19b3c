-- Grain: rep. How long deals (new and expansion) stay open: the mean, with its quantiles, over those closed
-- in the last 12 months, whatever their outcome, and the 90th percentile over those won in the last 24. The
-- rep's own where there are enough of them, else the team's, else everyone's.
with reps as (
    select
        rep_id,
        team
    from {{ ref('int_reps_resolved') }}
),

closed as (
    select
        deals.owner_id as rep_id,
        reps.team,
        case when deals.closed_at > {{ dbt.dateadd('month', -12, as_of()) }} then deals.age_days end
            as open_days,
        case when deals.outcome = 'won' then deals.age_days end as cycle_days
    from {{ ref('int_opportunities_current') }} as deals
    left join reps on deals.owner_id = reps.rep_id
    where
        deals.outcome != 'open'
        and deals.age_days >= 0
        and {{ is_new_business('deals.opportunity_type') }}
        and deals.closed_at > {{ dbt.dateadd('month', -24, as_of()) }}
),

{% for name, key in {'of_rep': 'rep_id', 'of_team': 'team', 'of_all': none}.items() -%}
    {{ name }} as (
        select
            {{ key ~ ',' if key }}
            case when count(open_days) >= {{ min_n() }} then avg(cast(open_days as decimal(18, 6))) end
                as mean_days,
            {{ shown_quantile('open_days', 0.5) }} as p50_open_days,
            {{ shown_quantile('open_days', 0.9) }} as p90_open_days,
            count(open_days) as open_n,
            {{ shown_quantile('cycle_days', 0.9) }} as p90_days
        from closed
        {{ 'where ' ~ key ~ ' is not null group by ' ~ key if key }}
    ){{ ',' if not loop.last }}

{% endfor %}
select
    reps.rep_id,
    cast(coalesce(of_rep.mean_days, of_team.mean_days, of_all.mean_days) as double) as mean_residence_days,
    {%- for part, name in {
        'p50_open_days': 'p50_residence_days', 'p90_open_days': 'p90_residence_days', 'open_n': 'residence_n',
    }.items() %}
        case
            when of_rep.mean_days is not null then of_rep.{{ part }}
            when of_team.mean_days is not null then of_team.{{ part }}
            when of_all.mean_days is not null then of_all.{{ part }}
        end as {{ name }},
    {%- endfor %}
    cast(coalesce(of_rep.p90_days, of_team.p90_days, of_all.p90_days) as double) as p90_cycle_days,
    case
        when of_rep.mean_days is not null then 'rep'
        when of_team.mean_days is not null then 'team'
        when of_all.mean_days is not null then 'all'
    end as residence_basis,
    case
        when of_rep.p90_days is not null then 'rep'
        when of_team.p90_days is not null then 'team'
        when of_all.p90_days is not null then 'all'
    end as p90_cycle_basis
from reps
cross join of_all
left join of_rep on reps.rep_id = of_rep.rep_id
left join of_team on reps.team = of_team.team
