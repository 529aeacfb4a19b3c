-- Grain: rep. Share of the closed amount that was won in the last 12 months (new and expansion). Few
-- deals say little about a rep, so the rate is drawn towards the team's as by five more closed deals of
-- its mean amount.
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
        deals.amount,
        case when deals.outcome = 'won' then deals.amount else 0 end as won_amount
    from {{ ref('int_opportunities_current') }} as deals
    left join reps on deals.owner_id = reps.rep_id
    where
        deals.outcome != 'open'
        and deals.amount is not null
        and {{ is_new_business('deals.opportunity_type') }}
        and deals.closed_at > {{ dbt.dateadd('month', -12, as_of()) }}
),

of_rep as (
    select
        rep_id,
        count(*) as closed_n,
        sum(amount) as closed_amount,
        sum(won_amount) as won_amount
    from closed
    group by rep_id
),

of_team as (
    select
        team,
        sum(amount) as closed_amount,
        avg(amount) as mean_amount,
        sum(won_amount) / nullif(sum(amount), 0) as win_rate
    from closed
    where team is not null
    group by team
),

of_all as (
    select
        sum(amount) as closed_amount,
        avg(amount) as mean_amount,
        sum(won_amount) / nullif(sum(amount), 0) as win_rate
    from closed
),

-- a team that has closed nothing says nothing
drawn as (
    select
        reps.rep_id,
        coalesce(of_rep.closed_n, 0) as closed_n,
        coalesce(of_rep.closed_amount, 0) as closed_amount,
        coalesce(of_rep.won_amount, 0) as won_amount,
        case when of_team.closed_amount > 0 then 'team' when of_all.closed_amount > 0 then 'all' end
            as win_rate_basis,
        case when of_team.closed_amount > 0 then of_team.mean_amount else of_all.mean_amount end
            as mean_amount,
        case when of_team.closed_amount > 0 then of_team.win_rate else of_all.win_rate end as basis_rate
    from reps
    cross join of_all
    left join of_rep on reps.rep_id = of_rep.rep_id
    left join of_team on reps.team = of_team.team
)

select
    rep_id,
    closed_n,
    {{ to_money('closed_amount') }} as closed_amount,
    {{ to_money('won_amount') }} as won_amount,
    cast(case when closed_amount > 0 then won_amount / closed_amount end as double) as raw_amount_win_rate,
    cast(
        case
            when win_rate_basis is not null and closed_amount + 5 * mean_amount > 0
                then (won_amount + 5 * mean_amount * basis_rate) / (closed_amount + 5 * mean_amount)
        end as double
    ) as amount_win_rate,
    win_rate_basis
from drawn
