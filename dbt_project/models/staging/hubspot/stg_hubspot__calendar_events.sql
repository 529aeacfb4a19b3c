with meetings as (
    {{ hubspot_activities('meetings') }}
),

final as (
    select
        activity_id as event_id,
        hubspot_owner_id as calendar_owner,
        lead_id,
        contact_id,
        account_id,
        opportunity_id,

        hs_meeting_title as subject,
        hs_meeting_body as description,
        hs_meeting_location as location,
        case
            when hs_meeting_outcome in ('CANCELED', 'RESCHEDULED') then 'cancelled'
            else 'confirmed'
        end as status,
        case hs_meeting_outcome
            when 'COMPLETED' then 'held'
            when 'NO_SHOW' then 'no_show'
            when 'CANCELED' then 'cancelled'
            when 'RESCHEDULED' then 'cancelled'
        end as outcome,
        'busy' as show_as,
        'default' as event_type,
        _time_zone as time_zone,

        false as is_all_day,
        false as is_private,
        hs_meeting_external_url is not null as has_conference_link,

        coalesce(hs_meeting_start_time, hs_timestamp) as starts_at,
        hs_meeting_end_time as ends_at,
        coalesce(hs_createdate, "createdAt") as created_at,
        "updatedAt" as modified_at,
        {{ record_origin() }}
    from meetings
)

select * from final
