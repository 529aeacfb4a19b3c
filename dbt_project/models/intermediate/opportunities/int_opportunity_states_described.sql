{#- The states of a deal with what its stage means: outcome, the rep, the currency of its amount. A state
    within which the deal changed its currency is two. -#}

with

whole_states as (

    select * from {{ ref('int_opportunity_states') }}

),

currencies as (

    select * from {{ ref('int_opportunity_currencies') }}

),

cuts as (

    select
        whole_states.opportunity_id,
        whole_states.version_number,
        currencies.valid_from
    from whole_states
    inner join currencies
        on
        whole_states.opportunity_id = currencies.opportunity_id
        and whole_states.valid_from < currencies.valid_from
        and coalesce(whole_states.valid_to > currencies.valid_from, currencies.valid_from <= {{ as_of() }})

),

cut_deals as (

    select distinct opportunity_id from cuts

),

begun as (

    select
        whole_states.*,
        whole_states.valid_from as begins_at
    from whole_states
    inner join cut_deals on whole_states.opportunity_id = cut_deals.opportunity_id
    union all
    select
        whole_states.*,
        cuts.valid_from as begins_at
    from whole_states
    inner join cuts
        on
        whole_states.opportunity_id = cuts.opportunity_id
        and whole_states.version_number = cuts.version_number

),

ordered as (

    select
        *,
        row_number() over deal as position,
        lead(begins_at) over deal as next_begins_at,
        coalesce(version_number = lead(version_number) over deal, false) as is_cut
    from begun
    window deal as (partition by opportunity_id order by begins_at)

),

-- the few cut ones apart: to sort all states costs as much as the rest
states as (

    select
        {{ all_but(['version_number', 'valid_from', 'valid_to', 'is_removed_next'], 'whole_states') }},
        whole_states.version_number,
        whole_states.valid_from,
        whole_states.valid_to,
        whole_states.is_removed_next
    from whole_states
    left join cut_deals on whole_states.opportunity_id = cut_deals.opportunity_id
    where cut_deals.opportunity_id is null
    union all
    select
        {{ all_but([
            'version_number', 'valid_from', 'valid_to', 'is_removed_next', 'begins_at', 'position',
            'next_begins_at', 'is_cut'
        ]) }},
        position as version_number,
        begins_at as valid_from,
        case when is_cut then next_begins_at else valid_to end as valid_to,
        is_removed_next and not is_cut as is_removed_next
    from ordered

),

lives as (

    select * from {{ ref('int_opportunity_lives') }}

),

stages as (

    select * from {{ ref('int_stages_resolved') }}

),

-- of a deal that came from another pipeline: what a stage of that name means wherever the source has it
stages_elsewhere as (

    select
        source_instance,
        stage,
        min(outcome) as outcome
    from stages
    group by source_instance, stage
    having min(outcome) = max(outcome)

),

loss_reasons as (

    select * from {{ ref('int_build_loss_reasons') }}

),

reps as (

    select * from {{ ref('int_reps_matched') }}

),

sources as (

    select * from {{ ref('int_build_sources') }}

),

forecast_words as (

    select * from {{ ref('forecast_category_words') }}

),

described as (

    select
        {{ all_but(['probability', 'forecast_category', 'status'], 'states') }},
        coalesce(states.probability, stages.default_probability) as probability,
        words.forecast_category,
        lives.source_system,
        lives.source_instance,
        lives.pipeline_id,
        coalesce(
            currencies.currency, upper(lives.currency), sources.currency, {{ reporting_currency() }}
        ) as currency,
        lives.created_at,
        stages.stage_order,
        stages.default_probability,
        {{ reporting_date('states.valid_from') }} as valid_from_date,
        coalesce(
            nullif(coalesce(stages.outcome, stages_elsewhere.outcome), 'open'),
            -- in an open stage or in none: the status tells, where there is one
            states.status,
            'open'
        ) as recorded_outcome,
        reasons.outcome as reason_outcome,
        reps.rep_id
    from states
    inner join lives on states.opportunity_id = lives.opportunity_id
    left join currencies
        on
        states.opportunity_id = currencies.opportunity_id
        and states.valid_from >= currencies.valid_from
        and states.valid_from < currencies.valid_to
    left join stages
        on
        lives.source_instance = stages.source_instance
        and lives.pipeline_id = stages.pipeline_id
        and states.stage = stages.stage
    left join stages_elsewhere
        on lives.source_instance = stages_elsewhere.source_instance and states.stage = stages_elsewhere.stage
    left join loss_reasons as reasons
        on lives.source_instance = reasons.source_instance
        and lower(lives.loss_reason) = lower(reasons.loss_reason)
    left join sources on lives.source_instance = sources.source_instance
    left join forecast_words as words
        on replace(replace(lower(states.forecast_category), ' ', ''), '_', '') = words.word
    left join reps on lives.source_instance = reps.source_instance and states.owner_id = reps.owner_ref

),

judged as (

    select
        {{ all_but(['recorded_outcome', 'reason_outcome']) }},
        case recorded_outcome
            when 'lost' then coalesce(reason_outcome, 'lost')
            else recorded_outcome
        end as outcome
    from described

)

select
    *,
    lag(outcome) over (partition by opportunity_id order by valid_from) as previous_outcome
from judged
