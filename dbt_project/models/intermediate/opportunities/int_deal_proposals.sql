-- Grain: new or expansion deal that reached the proposal stage of its pipeline, as it stood when it first
-- did: the first open stage that is called so, or one after it. Left out: deals of which nobody recorded
-- when. What won deals took is read at the beginning of that month, so that no later win leaks in.
with deals as (
    select * from {{ ref('int_opportunities_current') }}
    where opportunity_type in ('new', 'expansion')
),

words as (
    select * from {{ ref('deal_words') }}
),

stages as (
    select
        pipeline_id,
        stage,
        stage_order,
        ' ' || {{ comparable_text('stage') }} || ' ' as stage_words
    from {{ ref('int_stages_resolved') }}
    where outcome = 'open'
),

named as (
    select
        stages.pipeline_id,
        stages.stage,
        min(stages.stage_order) as stage_order,
        count(case when words.topic = 'proposal_stage' then 1 end) > 0 as is_proposal,
        count(case when words.topic = 'discovery' then 1 end) > 0 as is_discovery
    from stages
    left join words on stages.stage_words like '% ' || words.word || ' %'
    group by stages.pipeline_id, stages.stage
),

pipelines as (
    select
        pipeline_id,
        min(case when is_proposal then stage_order end) as proposal_order,
        max(case when is_discovery then 1 else 0 end) = 1 as has_discovery_stage
    from named
    group by pipeline_id
),

visits as (
    select
        visits.*,
        named.is_discovery,
        pipelines.has_discovery_stage,
        named.is_proposal or coalesce(named.stage_order >= pipelines.proposal_order, false) as is_offered
    from {{ ref('int_stage_visits') }} as visits
    inner join named on visits.pipeline_id = named.pipeline_id and visits.stage = named.stage
    inner join pipelines on visits.pipeline_id = pipelines.pipeline_id
),

offered as (
    select opportunity_id, min(visit_number) as visit_number
    from visits
    where is_offered
    group by opportunity_id
),

discovered as (
    select distinct visits.opportunity_id
    from visits
    inner join offered on visits.opportunity_id = offered.opportunity_id
    where visits.is_discovery and visits.visit_number < offered.visit_number
),

proposals as (
    select
        deals.opportunity_id,
        deals.source_instance,
        deals.segment,
        deals.outcome,
        deals.lead_id,
        visits.stage as proposal_stage,
        visits.entered_at as proposal_at,
        visits.has_discovery_stage,
        discovered.opportunity_id is not null as has_visited_discovery,
        {{ reporting_date('visits.entered_at') }} as proposal_on,
        cast({{ dbt.date_trunc('month', reporting_date('visits.entered_at')) }} as date) as proposal_month,
        {{ reporting_date('deals.closed_at') }} as closed_on,
        {{ dbt.datediff(reporting_date('deals.created_at'), reporting_date('visits.entered_at'), 'day') }}
            as days_to_proposal,
        versions.close_date
    from deals
    inner join offered on deals.opportunity_id = offered.opportunity_id
    inner join visits
        on offered.opportunity_id = visits.opportunity_id and offered.visit_number = visits.visit_number
    left join {{ ref('int_opportunity_versions') }} as versions
        on visits.opportunity_id = versions.opportunity_id and visits.entered_at = versions.valid_from
    left join discovered on deals.opportunity_id = discovered.opportunity_id
    where visits.entered_at is not null
),

months as (
    select distinct proposal_month from proposals
),

paces as (
    select
        months.proposal_month,
        won.segment,
        count(*) as won_deals,
        {{ quantile('won.days_to_proposal', 0.1) }} as days_p10
    from months
    inner join proposals as won
        on
        months.proposal_month > won.closed_on
        and won.closed_on >= {{ dbt.dateadd(
            'month', '-' ~ deal_limit('fodder_like', 'benchmark_months'), 'months.proposal_month'
        ) }}
    where won.outcome = 'won' and won.days_to_proposal is not null
    group by grouping sets ((months.proposal_month, won.segment), (months.proposal_month))
    having count(*) >= {{ deal_limit('fodder_like', 'min_won_deals') }}
)

select
    {{ all_but(['segment', 'outcome', 'proposal_month', 'closed_on'], 'proposals') }},
    {{ dbt.datediff('proposals.proposal_on', 'proposals.close_date', 'day') }} as days_to_close_date,
    coalesce(own.days_p10, everyone.days_p10) as won_days_p10,
    coalesce(own.won_deals, everyone.won_deals) as won_deals
from proposals
left join paces as own
    on proposals.proposal_month = own.proposal_month and proposals.segment = own.segment
left join paces as everyone
    on proposals.proposal_month = everyone.proposal_month and everyone.segment is null
