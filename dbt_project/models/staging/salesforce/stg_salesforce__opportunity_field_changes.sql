-- Salesforce deletes the history with its deal: what was true until then was true all the same.
with records as (
    {{ salesforce_changes(landing_ever('salesforce', 'OpportunityFieldHistory'), 'OpportunityId') }}
),

final as (
    select
        {{ salesforce_record('Id') }} as change_id,
        {{ salesforce_record('OpportunityId') }} as opportunity_id,
        {{ salesforce_id('CreatedById') }} as changed_by_id,
        "Field" as field,
        case when "Field" = 'Owner' then {{ salesforce_owner('OldValue') }} else "OldValue" end as old_value,
        case when "Field" = 'Owner' then {{ salesforce_owner('NewValue') }} else "NewValue" end as new_value,
        {{ record_origin() }}
    from records
)

select * from final
