-- Grain: deal. Whether it is open, won, lost or without a decision at as_of, and since when.
-- A deal that was closed after as_of is open.
with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
    where merged_into_id is null
),

stages as (
    select * from {{ ref('int_stages_resolved') }}
),

loss_reasons as (
    select * from {{ ref('int_build_loss_reasons') }}
),

history as (
    select * from {{ ref('int_opportunity_history_unioned') }}
),

-- a declared stage decides, unless it is an open one and the deal has a status; else the deal's own status
-- and flags, else what its stage is taken to mean
staged as (
    select
        opportunities.opportunity_id,
        opportunities.source_instance,
        opportunities.loss_reason,
        opportunities.closed_at,
        opportunities.close_date,
        coalesce(opportunities.modified_at, opportunities.changed_at) as modified_at,
        case
            when stages.is_declared and (stages.outcome <> 'open' or opportunities.status is null)
                then stages.outcome
            when coalesce(stages.outcome, 'open') = 'open' and opportunities.status is not null
                then opportunities.status
            when opportunities.is_won then 'won'
            -- where nothing denies that it is won, the stage tells
            when opportunities.is_closed and opportunities.is_won is null
                then coalesce(nullif(stages.outcome, 'open'), 'lost')
            when opportunities.is_closed then coalesce(nullif(nullif(stages.outcome, 'won'), 'open'), 'lost')
            when not opportunities.is_closed then 'open'
            else coalesce(stages.outcome, 'open')
        end as stage_outcome
    from opportunities
    left join stages
        on opportunities.source_instance = stages.source_instance
        and {{ pipeline_key('opportunities') }} = stages.pipeline_id
        and opportunities.stage = stages.stage
),

recorded as (
    select
        {{ all_but(['stage_outcome', 'loss_reason'], 'staged') }},
        {{ reporting_day_start('staged.close_date') }} as close_day_start,
        case
            when staged.stage_outcome = 'lost' then coalesce(loss_reasons.outcome, 'lost')
            else staged.stage_outcome
        end as recorded_outcome
    from staged
    left join loss_reasons
        on staged.source_instance = loss_reasons.source_instance
        and lower(staged.loss_reason) = lower(loss_reasons.loss_reason)
),

history_outcomes as (
    select
        history.opportunity_id,
        history.changed_at,
        stages.outcome = 'open' as is_open,
        max(case when stages.outcome = 'open' then history.changed_at end)
            over (partition by history.opportunity_id) as last_open_at
    from history
    inner join opportunities on history.opportunity_id = opportunities.opportunity_id
    inner join stages
        on history.source_instance = stages.source_instance
        and {{ pipeline_key('opportunities') }} = stages.pipeline_id
        and history.stage = stages.stage
),

closings as (
    select
        opportunity_id,
        min(changed_at) as closed_at,
        max(last_open_at) is null as is_never_open
    from history_outcomes
    where not is_open and changed_at >= coalesce(last_open_at, changed_at)
    group by 1
),

-- a close date may lie ahead of the day on which the deal was in fact closed
dated as (
    select
        recorded.opportunity_id,
        recorded.recorded_outcome,
        coalesce(
            recorded.closed_at,
            -- a history that begins with the closed deal, as after an import, does not say when it was closed
            case
                when closings.is_never_open then least(closings.closed_at, recorded.close_day_start)
                else closings.closed_at
            end,
            least(recorded.close_day_start, recorded.modified_at)
        ) as closed_at
    from recorded
    left join closings on recorded.opportunity_id = closings.opportunity_id
),

final as (
    select
        opportunity_id,
        recorded_outcome,
        case when closed_at > {{ as_of() }} then 'open' else recorded_outcome end as outcome,
        case when recorded_outcome <> 'open' and closed_at <= {{ as_of() }} then closed_at end as closed_at
    from dated
)

select * from final
