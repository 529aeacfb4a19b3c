-- Salesforce deletes the history with its deal: what was true until then was true all the same.
with records as (
    select * from {{ landing_ever('salesforce', 'OpportunityHistory') }}
),

final as (
    select
        {{ salesforce_record('Id') }} as history_id,
        {{ salesforce_record('OpportunityId') }} as opportunity_id,
        {{ salesforce_id('CreatedById') }} as changed_by_id,
        "StageName" as stage,
        "ForecastCategory" as forecast_category,
        "Amount" as amount,
        "Probability" as probability,
        "CloseDate" as close_date,
        {{ record_origin() }}
    from records
)

select * from final
