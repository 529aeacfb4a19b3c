-- Occurrences of people's own calendars. Of a private event only the time is kept, whatever has landed.
with records as (
    select * from {{ landing_latest('icalendar', 'occurrences') }}
),

marked as (
    select
        *,
        coalesce(lower("visibility") in ('private', 'confidential'), false) as is_private,
        lower({{ attendee_answer('attendees', 'calendar_owner', 'response') }}) as own_answer
    from records
),

final as (
    select
        {{ calendar_record_id('_source_instance', '_record_key') }} as event_id,
        {{ calendar_record_id('_source_instance', "calendar_owner || '|' || uid") }} as series_id,
        calendar_owner,

        case when not is_private then summary end as subject,
        case when not is_private then description end as description,
        case when not is_private then location end as location,
        case when not is_private then organizer_email end as organizer_email,
        case when not is_private then attendees end as attendees,
        -- one that the reading made up is the same only within its file
        case when not is_private and uid not like 'no-uid:%' then uid end as ical_uid,
        coalesce(lower(status), 'confirmed') as status,
        replace(own_answer, '-', '_') as response,
        case upper(transparency) when 'TRANSPARENT' then 'free' else 'busy' end as show_as,
        case event_type
            when 'outOfOffice' then 'out_of_office'
            when 'focusTime' then 'focus_time'
            else 'default'
        end as event_type,
        coalesce(time_zone, _time_zone) as time_zone,

        is_private,
        coalesce(is_all_day, false) as is_all_day,
        not is_private and conference_url is not null as has_conference_link,

        starts_at,
        ends_at,
        created as created_at,
        last_modified as modified_at,
        {{ record_origin() }}
    from marked
)

select * from final
