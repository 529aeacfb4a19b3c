-- Meetings. Some last for months, as the export has it: nothing is mended here.
with records as (
    select * from {{ landing_latest('zoho', 'Events') }}
),

final as (
    select
        {{ zoho_reference('"EVENTID"') }} as event_id,
        coalesce("Event Owner Id", "Event Owner") as calendar_owner,
        {{ zoho_reference('"LEADID"') }} as lead_id,
        {{ zoho_reference('"CONTACTID"') }} as contact_id,
        {{ zoho_reference('"ACCOUNTID"') }} as account_id,
        {{ zoho_reference('"POTENTIALID"') }} as opportunity_id,

        "Subject" as subject,
        'confirmed' as status,
        'busy' as show_as,
        'default' as event_type,

        false as is_private,
        false as is_all_day,
        _time_zone as time_zone,

        "Start DateTime" as starts_at,
        "End DateTime" as ends_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
