with records as (
    select * from {{ landing_latest('salesforce', 'OpportunityStage') }}
),

final as (
    select
        {{ salesforce_record('Id') }} as stage_id,
        -- the API name is what deals hold; exports of older organisations have the label only
        coalesce("ApiName", "MasterLabel") as stage,
        "SortOrder" as stage_order,
        "DefaultProbability" as default_probability,
        "IsClosed" as is_closed,
        "IsWon" as is_won,
        {{ record_origin() }}
    from records
)

select * from final
