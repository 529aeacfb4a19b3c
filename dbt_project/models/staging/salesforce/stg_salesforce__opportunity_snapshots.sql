with versions as (
    select * from {{ landing_versions('salesforce', 'Opportunity') }}
),

final as (
    select
        {{ salesforce_record('Id') }} as opportunity_id,
        {{ salesforce_record('AccountId') }} as account_id,
        {{ salesforce_id('OwnerId') }} as owner_id,
        {{ salesforce_record('ContactId') }} as contact_id,
        {{ salesforce_record('RecordTypeId') }} as pipeline_id,

        "Name" as opportunity_name,
        "StageName" as stage,
        coalesce("ForecastCategory", "ForecastCategoryName") as forecast_category,
        "Type" as opportunity_type,
        "LeadSource" as lead_source,
        "NextStep" as next_step,
        -- Salesforce has no field of its own for it
        coalesce(
            "LossReason__c",
            "Loss_Reason__c",
            "Lost_Reason__c",
            "Closed_Lost_Reason__c",
            "Reason_Lost__c",
            "Reason_for_Loss__c"
        ) as loss_reason,
        "CurrencyIsoCode" as currency,

        "Amount" as amount,
        "Probability" as probability,

        "IsClosed" as is_closed,
        "IsWon" as is_won,

        "CloseDate" as close_date,
        "LossReviewedAt__c" as reviewed_at,
        "CreatedDate" as created_at,
        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,

        _is_latest as is_latest,
        _is_deleted or coalesce("IsDeleted", false) as is_deleted,
        {{ record_origin() }}
    from versions
)

select * from final
