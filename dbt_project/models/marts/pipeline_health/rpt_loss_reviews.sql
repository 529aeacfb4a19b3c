-- Owners explain their losses away: the manager looks, else the colleague who has closed most in the segment.
with

reps as (

    select * from {{ ref('dim_reps') }}

),

losses as (

    select
        *,
        {{ reporting_date('closed_at') }} as closed_on
    from {{ ref('fct_opportunities') }}
    where outcome in ('lost', 'no_decision')

),

recent as (

    select *
    from losses
    where
        closed_on >= {{ dbt.dateadd('month', -3, fiscal_quarter_start(as_of_date())) }}
        and closed_on <= {{ as_of_date() }}

),

experience as (

    select
        deals.segment,
        deals.owner_id as rep_id,
        count(*) as closed_count
    from {{ ref('fct_opportunities') }} as deals
    inner join reps on deals.owner_id = reps.rep_id
    where
        reps.is_active
        and deals.outcome != 'open'
        and deals.closed_at > {{ dbt.dateadd('month', -12, as_of()) }}
    group by deals.segment, deals.owner_id

),

-- the first two of each segment: one of them is not the owner
peers as (

    select
        segment,
        rep_id,
        row_number() over (partition by segment order by closed_count desc, rep_id asc) as place
    from experience

),

assigned as (

    select
        recent.*,
        case
            when managers.is_active and managers.rep_id != recent.owner_id then managers.rep_id
        end as manager_id,
        case when first_peers.rep_id = recent.owner_id then second_peers.rep_id else first_peers.rep_id end
            as peer_id
    from recent
    left join reps as owners on recent.owner_id = owners.rep_id
    left join reps as managers on owners.manager_id = managers.rep_id
    left join peers as first_peers on recent.segment = first_peers.segment and first_peers.place = 1
    left join peers as second_peers on recent.segment = second_peers.segment and second_peers.place = 2

)

select
    opportunity_id,
    account_id,
    segment,
    opportunity_type,
    outcome,
    closed_at,
    {{ fiscal_quarter('closed_on') }} as fiscal_quarter,
    amount,
    loss_reason as reason,
    owner_id,
    coalesce(manager_id, peer_id) as reviewer_id,
    case when manager_id is not null then 'manager' when peer_id is not null then 'peer' end
        as reviewer_basis,
    reviewed_at,
    {{ as_of() }} as as_of
from assigned
