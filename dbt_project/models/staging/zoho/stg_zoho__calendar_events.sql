-- Meetings. Some last for months, as the export has it: nothing is mended here.
with events as (
    select * from {{ landing_latest('zoho', 'Events') }}
),

related as (
    {{ zoho_records() }}
),

records as (
    {{ zoho_with_related('events') }}
),

final as (
    select
        {{ zoho_reference(['"Record Id"', '"EVENTID"']) }} as event_id,
        coalesce(
            {{ zoho_user('coalesce("Event Owner.id", "Host.id")') }}, "Event Owner Id", "Event Owner", "Host"
        ) as calendar_owner,
        {{ zoho_party('lead', ['"LEADID"']) }} as lead_id,
        {{ zoho_party('contact', ['"Contact Name.id"', '"CONTACTID"']) }} as contact_id,
        {{ zoho_party('account', ['"ACCOUNTID"']) }} as account_id,
        {{ zoho_party('opportunity', ['"POTENTIALID"']) }} as opportunity_id,

        coalesce("Subject", "Title") as subject,
        'confirmed' as status,
        'busy' as show_as,
        'default' as event_type,

        false as is_private,
        coalesce("All day", false) as is_all_day,
        _time_zone as time_zone,

        coalesce("Start DateTime", "From") as starts_at,
        coalesce("End DateTime", "To") as ends_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
