-- Grain: source instance × pipeline × stage, every stage that is declared, shipped or seen.
-- What a stage means: the sources file, else the CRM's stage list, else the vendor's standard, else
-- the flags of the deals that stand in it.
with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

snapshots as (
    select * from {{ ref('int_opportunity_snapshots_unioned') }}
),

history as (
    select * from {{ ref('int_opportunity_history_unioned') }}
),

crm_stages as (
    select * from {{ ref('int_stages_unioned') }}
),

declared as (
    select
        source_instance,
        -- null: it holds for every pipeline that has no declaration of its own
        {{ record_id('source_instance', 'pipeline_id') }} as pipeline_id,
        stage,
        stage_order,
        outcome,
        default_probability
    from {{ ref('int_build_stages') }}
),

declared_everywhere as (
    select * from declared
    where pipeline_id is null
),

standard as (
    select * from {{ ref('standard_stages') }}
),

seen as (
    select source_system, source_instance, pipeline_id, stage, is_closed, is_won
    from opportunities
    union all
    select source_system, source_instance, pipeline_id, stage, is_closed, is_won
    from snapshots
    where not is_deleted
    union all
    select
        history.source_system, history.source_instance, opportunities.pipeline_id, history.stage,
        cast(null as boolean) as is_closed, cast(null as boolean) as is_won
    from history
    inner join opportunities on history.opportunity_id = opportunities.opportunity_id
    union all
    select source_system, source_instance, pipeline_id, stage, is_closed, is_won
    from crm_stages
    union all
    select
        sources.system, declared.source_instance, declared.pipeline_id, declared.stage,
        cast(null as boolean) as is_closed, cast(null as boolean) as is_won
    from declared
    inner join {{ ref('int_build_sources') }} as sources on declared.source_instance = sources.source_instance
),

every_stage as (
    select
        source_instance,
        coalesce(pipeline_id, {{ record_id('source_instance', "'default'") }}) as pipeline_id,
        stage,
        min(source_system) as source_system,
        min(cast(is_closed as integer)) = 1 as is_closed,
        min(cast(is_won as integer)) = 1 as is_won
    from seen
    where stage is not null
    group by 1, 2, 3
),

flags_of_stages as (
    select
        source_instance,
        pipeline_id,
        stage,
        min(cast(coalesce(is_closed, is_won) as integer)) as least_closed,
        max(cast(coalesce(is_closed, is_won) as integer)) as greatest_closed,
        min(cast(is_won as integer)) as least_won,
        max(cast(is_won as integer)) as greatest_won
    from opportunities
    where stage is not null
    group by 1, 2, 3
),

-- One stage holds open and closed deals, or won and lost ones: its flags are those of the deals and say
-- nothing about it.
mixed_stages as (
    select distinct
        source_instance,
        coalesce(pipeline_id, {{ record_id('source_instance', "'default'") }}) as pipeline_id,
        stage
    from flags_of_stages
    where least_closed <> greatest_closed or least_won <> greatest_won
),

-- Where deals have a status apart from their stage, one such stage says it of all. Elsewhere it may be one
-- whose meaning somebody changed.
decided_apart as (
    select distinct mixed_stages.source_instance
    from mixed_stages
    inner join opportunities on mixed_stages.source_instance = opportunities.source_instance
    where opportunities.status is not null
),

-- a CRM's stage list without pipelines holds for all of them
crm_meaning as (
    select
        source_instance,
        pipeline_id,
        stage,
        min(stage_order) as stage_order,
        min(default_probability) as default_probability,
        min(case
            when is_won then 'won'
            when is_closed then 'lost'
            when not is_closed then 'open'
        end) as outcome
    from crm_stages
    group by 1, 2, 3
),

described as (
    select
        every_stage.source_system,
        every_stage.source_instance,
        every_stage.pipeline_id,
        every_stage.stage,
        coalesce(
            declared.stage_order, everywhere.stage_order, crm_meaning.stage_order, standard.stage_order
        ) as stage_order,
        coalesce(
            declared.default_probability,
            everywhere.default_probability,
            crm_meaning.default_probability,
            standard.default_probability
        ) as default_probability,
        coalesce(
            declared.outcome,
            everywhere.outcome,
            crm_meaning.outcome,
            standard.outcome,
            anywhere.outcome
        ) as known_outcome,
        case
            when every_stage.is_won then 'won'
            when every_stage.is_closed then 'lost'
            else 'open'
        end as flagged_outcome,
        coalesce(decided_apart.source_instance, mixed_stages.source_instance) is not null
            as is_decided_by_deal,
        coalesce(declared.outcome, everywhere.outcome) is not null as is_declared
    from every_stage
    left join declared
        on every_stage.source_instance = declared.source_instance
        and every_stage.pipeline_id = declared.pipeline_id
        and lower(every_stage.stage) = lower(declared.stage)
    left join declared_everywhere as everywhere
        on every_stage.source_instance = everywhere.source_instance
        and lower(every_stage.stage) = lower(everywhere.stage)
    left join crm_meaning
        on every_stage.source_instance = crm_meaning.source_instance
        and every_stage.pipeline_id = coalesce(crm_meaning.pipeline_id, every_stage.pipeline_id)
        and every_stage.stage = crm_meaning.stage
    left join standard
        on every_stage.source_system = standard.system and lower(every_stage.stage) = lower(standard.stage)
    left join standard as anywhere
        on anywhere.system = 'any' and lower(every_stage.stage) = lower(anywhere.stage)
    left join decided_apart on every_stage.source_instance = decided_apart.source_instance
    left join mixed_stages
        on every_stage.source_instance = mixed_stages.source_instance
        and every_stage.pipeline_id = mixed_stages.pipeline_id
        and every_stage.stage = mixed_stages.stage
),

final as (
    select
        {{ all_but(['known_outcome', 'flagged_outcome', 'is_decided_by_deal'], 'described') }},
        coalesce(
            described.known_outcome,
            case when described.is_decided_by_deal then 'open' else described.flagged_outcome end
        ) as outcome,
        described.known_outcome is null and described.is_decided_by_deal as is_decided_by_deal
    from described
)

select
    *,
    outcome <> 'open' as is_closed,
    outcome = 'won' as is_won
from final
