-- Grain: rep. measured_cycle_days: the median of created to won over the deals that the rep won in the last
-- 24 months (new and expansion), where there are enough of them; else the team's, else everyone's. In
-- calendar days, as the cycle of the deals in rpt_sales_cycle.
with reps as (
    select * from {{ ref('int_reps_resolved') }}
),

won as (
    select
        opportunities.owner_id as rep_id,
        reps.team,
        opportunities.age_days as cycle_days
    from {{ ref('int_opportunities_current') }} as opportunities
    left join reps on opportunities.owner_id = reps.rep_id
    where
        opportunities.outcome = 'won'
        and {{ is_new_business('opportunities.opportunity_type') }}
        and opportunities.age_days >= 0
        and opportunities.closed_at > {{ dbt.dateadd('month', -24, as_of()) }}
),

of_rep as (
    select
        rep_id,
        count(*) as n,
        quantile_cont(cycle_days, 0.5) as cycle_days
    from won
    group by rep_id
),

of_team as (
    select
        team,
        count(*) as n,
        quantile_cont(cycle_days, 0.5) as cycle_days
    from won
    where team is not null
    group by team
),

of_all as (
    select
        count(*) as n,
        quantile_cont(cycle_days, 0.5) as cycle_days
    from won
),

chosen as (
    select
        reps.rep_id,
        case
            when of_rep.n >= {{ min_n() }} then 'rep'
            when of_team.n >= {{ min_n() }} then 'team'
            when of_all.n >= {{ min_n() }} then 'all'
        end as cycle_basis,
        of_rep.cycle_days as rep_days,
        of_team.cycle_days as team_days,
        of_all.cycle_days as all_days
    from reps
    cross join of_all
    left join of_rep on reps.rep_id = of_rep.rep_id
    left join of_team on reps.team = of_team.team
)

select
    rep_id,
    cycle_basis,
    case cycle_basis when 'rep' then rep_days when 'team' then team_days when 'all' then all_days end
        as measured_cycle_days
from chosen
