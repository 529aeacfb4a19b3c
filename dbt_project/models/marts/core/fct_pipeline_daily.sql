with

versions as (

    select
        *,
        -- the last day at whose end the version was valid; day ends are in the reporting zone
        coalesce({{ dbt.dateadd('day', -1, 'valid_to_date') }}, {{ as_of_date() }}) as last_day,
        -- once per version, not once per day of it
        {{ to_money(convert('amount', 'probability')) }} as weighted_amount
    from {{ ref('int_opportunity_versions') }}

),

open_days as (

    select
        {{ days_of_span('valid_from_date', 'last_day') }} as snapshot_date,
        *
    from versions
    where outcome = 'open' and valid_from_date <= last_day

),

closing_days as (

    select distinct
        opportunity_id,
        valid_from_date as snapshot_date
    from versions
    where is_closing

),

-- closed that day and still closed at its end
closed_days as (

    select
        closing_days.snapshot_date,
        versions.*
    from versions
    inner join closing_days
        on
        versions.opportunity_id = closing_days.opportunity_id
        and closing_days.snapshot_date between versions.valid_from_date and versions.last_day
    where versions.outcome != 'open'

),

days as (

    select * from open_days
    union all
    select * from closed_days

)

select
    cast(snapshot_date as date) as snapshot_date,
    opportunity_id,
    source_system,
    source_instance,
    pipeline_id,
    owner_id,
    stage,
    stage_order,
    amount,
    weighted_amount,
    amount_native,
    currency,
    close_date,
    probability,
    forecast_category,
    is_eligible,
    outcome,
    {{ as_of() }} as as_of
from days
