-- Grain: pipeline × stage. How long new business that was won in the end stayed in it: renewals are won by
-- waiting.
with visits as (
    select * from {{ ref('int_stage_visits') }}
    where days_in_stage is not null and exited_at is not null and not is_closed_stage
),

won as (
    select opportunity_id from {{ ref('int_opportunities_current') }}
    where outcome = 'won' and {{ is_new_business() }}
),

final as (
    select
        visits.pipeline_id,
        visits.stage,
        count(*) as won_visits,
        {{ quantile('visits.days_in_stage', 0.75) }} as stay_p75_days
    from visits
    inner join won on visits.opportunity_id = won.opportunity_id
    group by 1, 2
)

select * from final
