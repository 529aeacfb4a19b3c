{#- The states of a deal in the reporting currency. Rates are by month: what is open goes by the rate of
    the month it stands in, so that a new rate begins a version of an open deal; what is closed stays at
    the rate of the month of its closing. -#}

with

states as (

    select
        *,
        -- where the present outcome began
        max(case when outcome != coalesce(previous_outcome, '') then valid_from_date end) over (
            partition by opportunity_id
            order by valid_from
            rows between unbounded preceding and current row
        ) as outcome_since
    from {{ ref('int_opportunity_states_described') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

new_rates as (

    select
        currency,
        valid_from,
        {{ reporting_day_start('valid_from') }} as begins_at,
        lag(rate) over (partition by currency order by valid_from) as previous_rate,
        rate
    from rates
    where currency != {{ reporting_currency() }}

),

revaluations as (

    select
        states.opportunity_id,
        states.version_number,
        new_rates.begins_at,
        new_rates.valid_from as begins_on
    from states
    inner join new_rates
        on
        states.currency = new_rates.currency
        and states.valid_from_date < new_rates.valid_from
        and coalesce(states.valid_to > new_rates.begins_at, new_rates.begins_at <= {{ as_of() }})
    where
        states.outcome = 'open'
        and states.amount is not null
        and coalesce(new_rates.rate != new_rates.previous_rate, true)

),

parts as (

    select
        *,
        valid_from as begins_at,
        valid_from_date as begins_on,
        false as is_revaluation
    from states
    union all
    select
        states.*,
        revaluations.begins_at,
        revaluations.begins_on,
        true as is_revaluation
    from states
    inner join revaluations
        on
        states.opportunity_id = revaluations.opportunity_id
        and states.version_number = revaluations.version_number

),

ended as (

    select
        *,
        case when outcome = 'open' then begins_on else outcome_since end as rate_on,
        lead(begins_at) over (partition by opportunity_id, version_number order by begins_at) as revalued_at,
        row_number() over (partition by opportunity_id order by begins_at) as part_number
    from parts

),

priced as (

    select
        ended.*,
        rates.rate,
        coalesce(ended.revalued_at, ended.valid_to) as ends_at
    from ended
    left join rates
        on
        ended.currency = rates.currency
        and ended.rate_on >= rates.valid_from
        and ended.rate_on < rates.valid_to

)

select
    opportunity_id,
    part_number as version_number,
    source_system,
    source_instance,
    begins_at as valid_from,
    ends_at as valid_to,
    begins_on as valid_from_date,
    {{ reporting_date('ends_at') }} as valid_to_date,
    is_removed_next and revalued_at is null as is_removed_next,
    pipeline_id,
    stage,
    stage_order,
    default_probability,
    rep_id as owner_id,
    {{ to_money(convert('amount', 'rate')) }} as amount,
    {{ to_money('amount') }} as amount_native,
    currency,
    rate as exchange_rate,
    close_date,
    probability,
    forecast_category,
    outcome,
    outcome_since,
    -- Closed with this version: open before, or closed with another outcome.
    outcome != 'open' and coalesce(outcome != previous_outcome, true) as is_closing,
    outcome = 'open' and not is_revaluation and coalesce(previous_outcome != 'open', false) as is_reopening,
    outcome = 'open' and amount is not null and rate is not null
    and coalesce(forecast_category, '') != 'omitted' as is_eligible,
    is_revaluation,
    change_source,
    created_at
from priced
