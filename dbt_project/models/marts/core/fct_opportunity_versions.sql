with

versions as (

    select * from {{ ref('int_opportunity_versions') }}

)

select
    opportunity_id,
    version_number,
    valid_from,
    valid_to,
    source_system,
    source_instance,
    pipeline_id,
    stage,
    stage_order,
    owner_id,
    amount,
    amount_native,
    currency,
    close_date,
    probability,
    forecast_category,
    outcome,
    is_eligible,
    valid_to is null as is_current,
    is_revaluation,
    is_removed_next as is_ended_by_removal,
    change_source,
    {{ as_of() }} as as_of
from versions
