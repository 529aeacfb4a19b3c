-- The export has no id of the deal: the lead it was converted from is its key and its id. `Forecast
-- Type` says open, won or lost, so it is not a forecast category; stages say the same.
with versions as (
    select * from {{ landing_versions('zoho', 'Potentials') }}
),

final as (
    select
        {{ zoho_reference('"LEADID"') }} as opportunity_id,
        {{ zoho_reference('"LEADID"') }} as lead_id,
        {{ record_id('_source_instance', '"Account Name"') }} as account_id,
        {{ record_id('_source_instance', '"Pipeline"') }} as pipeline_id,
        "Potential Owner" as owner_id,

        "Potential Name" as opportunity_name,
        "Stage" as stage,
        "Type" as opportunity_type,
        "Lead Source" as lead_source,
        "Next Step" as next_step,
        "Reason For Loss" as loss_reason,

        "Amount" as amount,
        "Probability" as probability,

        lower("Forecast Type") in ('won', 'lost') as is_closed,
        lower("Forecast Type") = 'won' as is_won,

        "Closing Date" as close_date,
        "Created Time" as created_at,
        "Modified Time" as modified_at,

        _is_latest as is_latest,
        _is_deleted as is_deleted,
        {{ record_origin() }}
    from versions
)

select * from final
