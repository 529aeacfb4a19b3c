-- Older exports have no id of the deal: the lead it was converted from is its key and its id. `Forecast
-- Type` says open, won or lost, so it is not a forecast category; stages say the same.
with versions as (
    select * from {{ landing_versions('zoho', 'Potentials') }}
),

final as (
    select
        {{ zoho_reference(['"Record Id"', '"LEADID"']) }} as opportunity_id,
        {{ zoho_reference('"LEADID"') }} as lead_id,
        {{ record_id('_source_instance', 'coalesce("Account Name.id", "Account Name")') }} as account_id,
        {{ zoho_reference('"Contact Name.id"') }} as contact_id,
        {{ record_id('_source_instance', '"Pipeline"') }} as pipeline_id,
        coalesce({{ zoho_user('"Deal Owner.id"') }}, "Deal Owner", "Potential Owner") as owner_id,

        coalesce("Deal Name", "Potential Name") as opportunity_name,
        "Stage" as stage,
        "Type" as opportunity_type,
        "Lead Source" as lead_source,
        "Next Step" as next_step,
        "Reason For Loss" as loss_reason,

        case when length("Currency") = 3 then upper("Currency") end as currency,

        "Amount" as amount,
        coalesce("Probability", "Probability (%)") as probability,

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
