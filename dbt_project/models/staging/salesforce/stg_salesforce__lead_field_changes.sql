with records as (
    select * from {{ landing_latest('salesforce', 'LeadHistory') }}
    where not coalesce("IsDeleted", false)
),

final as (
    select
        {{ salesforce_record('Id') }} as change_id,
        {{ salesforce_record('LeadId') }} as lead_id,
        {{ salesforce_id('CreatedById') }} as changed_by_id,
        "Field" as field,
        "OldValue" as old_value,
        "NewValue" as new_value,
        {{ record_origin() }}
    from records
)

select * from final
