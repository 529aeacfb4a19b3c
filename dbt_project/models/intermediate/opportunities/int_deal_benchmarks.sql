-- Grain: segment. What its won deals were like: how long they took and what they were worth. Renewals are
-- left out: they are won by waiting.
with won as (
    select
        segment,
        age_days,
        amount
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won' and opportunity_type in ('new', 'expansion')
),

final as (
    select
        segment,
        count(age_days) as cycle_n,
        {{ quantile('age_days', 0.9) }} as cycle_p90_days,
        count(case when amount > 0 then 1 end) as amount_n,
        {{ quantile('case when amount > 0 then amount end', 0.25) }} as amount_p25,
        {{ quantile('case when amount > 0 then amount end', 0.5) }} as amount_p50,
        {{ quantile('case when amount > 0 then amount end', 0.75) }} as amount_p75
    from won
    group by 1
)

select * from final
