-- Who entered a stage left it in one of eight ways, and every stay that has a beginning is counted.
with counted as (
    select
        segment,
        stage,
        fiscal_quarter,
        entered_count,
        unclassified_count,
        advanced_count + skipped_count + regressed_count + won_count + lost_count
        + coalesce(no_decision_count, 0) + removed_count + still_there_count as parts_count
    from {{ ref('rpt_stage_conversion') }}
),

visits as (
    select
        deals.segment,
        visits.stage,
        count(*) as visit_count
    from {{ ref('fct_stage_visits') }} as visits
    inner join {{ ref('int_opportunity_traits') }} as deals on visits.opportunity_id = deals.opportunity_id
    where
        {{ is_new_business('deals.opportunity_type') }}
        and not visits.is_closed_stage
        and visits.entered_at is not null
    group by deals.segment, visits.stage
),

totals as (
    select
        segment,
        stage,
        sum(entered_count + unclassified_count) as counted_count
    from counted
    group by segment, stage
)

select
    segment,
    stage,
    fiscal_quarter,
    entered_count as is_count,
    parts_count as should_be_count
from counted
where entered_count != parts_count
union all
select
    coalesce(totals.segment, visits.segment) as segment,
    coalesce(totals.stage, visits.stage) as stage,
    null as fiscal_quarter,
    totals.counted_count as is_count,
    visits.visit_count as should_be_count
from totals
full outer join visits on totals.segment = visits.segment and totals.stage = visits.stage
where totals.counted_count is distinct from visits.visit_count
