with

deals as (

    select * from {{ ref('fct_opportunities') }}
    where outcome = 'open'

),

rotten_rules as (

    select flag
    from {{ ref('deal_flag_rules') }}
    where is_rotten

),

judged as (

    select
        checks.opportunity_id,
        max(case when checks.is_flagged then 1 else 0 end) as rotten
    from {{ ref('int_deal_checks') }} as checks
    inner join rotten_rules on checks.flag = rotten_rules.flag
    group by checks.opportunity_id

),

grouped as (

    select
        deals.owner_id as rep_id,
        deals.stage,
        min(deals.stage_order) as stage_order,
        count(*) as open_count,
        sum(deals.amount) as open_amount,
        count(judged.rotten) as evaluated_count,
        sum(case when judged.rotten is not null then deals.amount end) as evaluated_amount,
        count(case when judged.rotten = 1 then 1 end) as rotten_count,
        sum(case when judged.rotten = 1 then deals.amount end) as rotten_amount
    from deals
    left join judged on deals.opportunity_id = judged.opportunity_id
    group by deals.owner_id, deals.stage

)

select
    rep_id,
    stage,
    stage_order,
    open_count,
    cast(open_amount as decimal(18, 2)) as open_amount,
    evaluated_count,
    cast(evaluated_amount as decimal(18, 2)) as evaluated_amount,
    rotten_count,
    -- known amounts of which none is rotten: zero; no known amounts: unknown
    cast(case when evaluated_amount is not null then coalesce(rotten_amount, 0) end as decimal(18, 2))
        as rotten_amount,
    case
        when evaluated_amount > 0 then cast(coalesce(rotten_amount, 0) / evaluated_amount as double)
    end as rotten_share,
    {{ as_of() }} as as_of
from grouped
