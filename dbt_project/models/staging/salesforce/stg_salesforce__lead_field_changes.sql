with changes as (
    {{ salesforce_changes(landing_latest('salesforce', 'LeadHistory'), 'LeadId') }}
),

records as (
    select * from changes
    where not coalesce("IsDeleted", false)
),

final as (
    select
        {{ salesforce_record('Id') }} as change_id,
        {{ salesforce_record('LeadId') }} as lead_id,
        {{ salesforce_id('CreatedById') }} as changed_by_id,
        "Field" as field,
        case when "Field" = 'Owner' then {{ salesforce_owner('OldValue') }} else "OldValue" end as old_value,
        case when "Field" = 'Owner' then {{ salesforce_owner('NewValue') }} else "NewValue" end as new_value,
        {{ record_origin() }}
    from records
)

select * from final
