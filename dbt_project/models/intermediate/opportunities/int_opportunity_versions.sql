{#- The states of a deal with what a stage and an amount mean: outcome, reporting currency, the rep. -#}

with

states as (

    select * from {{ ref('int_opportunity_states') }}

),

lives as (

    select * from {{ ref('int_opportunity_lives') }}

),

stages as (

    select * from {{ ref('int_stages_resolved') }}

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

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

described as (

    select
        {{ all_but(['probability', 'forecast_category'], 'states') }},
        coalesce(states.probability, stages.default_probability) as probability,
        words.forecast_category,
        lives.source_system,
        lives.source_instance,
        lives.pipeline_id,
        coalesce(upper(lives.currency), sources.currency, {{ reporting_currency() }}) as currency,
        lives.created_at,
        stages.stage_order,
        stages.default_probability,
        {{ reporting_date('states.valid_from') }} as valid_from_date,
        case
            when coalesce(stages.outcome, 'open') = 'won' then 'won'
            when
                stages.outcome is not null and stages.outcome != 'open'
                then coalesce(reasons.outcome, stages.outcome)
            -- in no known stage: the record's own closing tells
            when states.stage is null
                and states.valid_from >= lives.closing_at
                and (lives.is_closed or lives.is_won)
                then case when lives.is_won then 'won' else coalesce(reasons.outcome, 'lost') end
            else 'open'
        end as outcome,
        reps.rep_id
    from states
    inner join lives on states.opportunity_id = lives.opportunity_id
    left join stages
        on
        lives.source_instance = stages.source_instance
        and lives.pipeline_id = stages.pipeline_id
        and states.stage = stages.stage
    left join loss_reasons as reasons
        on lives.source_instance = reasons.source_instance
        and lower(lives.loss_reason) = lower(reasons.loss_reason)
    left join sources on lives.source_instance = sources.source_instance
    left join forecast_words as words
        on replace(replace(lower(states.forecast_category), ' ', ''), '_', '') = words.word
    left join reps on lives.source_instance = reps.source_instance and states.owner_id = reps.owner_ref

),

turned as (

    select
        *,
        lag(outcome) over (partition by opportunity_id order by valid_from) as previous_outcome
    from described

),

-- Open: at the rate of the month in which the version began. Closed: of the month of closing.
dated as (

    select
        *,
        case
            when outcome = 'open' then valid_from_date
            else max(case when coalesce(outcome != previous_outcome, true) then valid_from_date end) over (
                    partition by opportunity_id
                    order by valid_from
                    rows between unbounded preceding and current row
                )
        end as rate_on
    from turned

),

final as (

    select
        dated.*,
        rates.rate
    from dated
    left join rates
        on
        dated.currency = rates.currency
        and dated.rate_on >= rates.valid_from
        and dated.rate_on < rates.valid_to

)

select
    opportunity_id,
    version_number,
    source_system,
    source_instance,
    valid_from,
    valid_to,
    valid_from_date,
    {{ reporting_date('valid_to') }} as valid_to_date,
    is_removed_next,
    pipeline_id,
    stage,
    stage_order,
    default_probability,
    rep_id as owner_id,
    {{ to_money(convert('amount', 'rate')) }} as amount,
    {{ to_money('amount') }} as amount_native,
    currency,
    close_date,
    probability,
    forecast_category,
    outcome,
    -- Closed with this version: open before, or closed with another outcome.
    outcome != 'open' and coalesce(outcome != previous_outcome, true) as is_closing,
    outcome = 'open' and coalesce(previous_outcome != 'open', false) as is_reopening,
    outcome = 'open' and amount is not null and rate is not null
    and coalesce(forecast_category, '') != 'omitted' as is_eligible,
    change_source,
    created_at
from final
