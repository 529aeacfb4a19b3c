with records as (
    select * from {{ landing_latest('salesforce', 'OpportunityContactRole') }}
    where not coalesce("IsDeleted", false)
),

final as (
    select
        {{ salesforce_record('Id') }} as opportunity_contact_id,
        {{ salesforce_record('OpportunityId') }} as opportunity_id,
        {{ salesforce_record('ContactId') }} as contact_id,
        "Role" as contact_role,
        "IsPrimary" as is_primary,
        "CreatedDate" as created_at,
        {{ record_origin() }}
    from records
)

select * from final
