{%- set end_zone = 'coalesce("end_timeZone", "start_timeZone", _time_zone)' -%}
-- Events of people's own calendars. Of a private event only the time is kept, whatever has landed.
with records as (
    select * from {{ landing_latest('google_calendar', 'events') }}
),

marked as (
    select
        *,
        -- of a cancelled instance Google says no more than when it would have been
        coalesce("start_dateTime", "originalStartTime_dateTime") as own_start,
        coalesce("start_date", "originalStartTime_date") as own_start_date,
        coalesce("visibility" in ('private', 'confidential'), false) as is_private
    from records
),

answered as (
    select
        *,
        {{ attendee_answer('attendees', '"calendarId"', 'responseStatus') }} as own_answer
    from marked
),

final as (
    select
        {{ calendar_record_id('_source_instance', "\"calendarId\" || '|' || \"id\"") }} as event_id,
        {{ calendar_record_id(
            '_source_instance', "\"calendarId\" || '|' || coalesce(\"recurringEventId\", \"id\")"
        ) }} as series_id,
        "calendarId" as calendar_owner,

        case when not is_private then "summary" end as subject,
        case when not is_private then "description" end as description,
        case when not is_private then "location" end as location,
        case when not is_private then "organizer_email" end as organizer_email,
        case when not is_private then "attendees" end as attendees,
        case when not is_private then "iCalUID" end as ical_uid,
        lower("status") as status,
        case own_answer when 'needsAction' then 'needs_action' else lower(own_answer) end as response,
        case "transparency" when 'transparent' then 'free' else 'busy' end as show_as,
        case "eventType"
            when 'outOfOffice' then 'out_of_office'
            when 'focusTime' then 'focus_time'
            when 'workingLocation' then 'working_location'
            when 'birthday' then 'birthday'
            else 'default'
        end as event_type,
        coalesce("start_timeZone", _time_zone) as time_zone,

        is_private,
        own_start is null and own_start_date is not null as is_all_day,
        not is_private
        and (
            "hangoutLink" is not null
            or coalesce("conferenceData_entryPoints" like '%http%', false)
        ) as has_conference_link,

        coalesce(
            own_start,
            {{ local_to_utc('cast(own_start_date as timestamp)', 'coalesce("start_timeZone", _time_zone)') }}
        ) as starts_at,
        coalesce(
            "end_dateTime",
            {{ local_to_utc('cast("end_date" as timestamp)', end_zone) }},
            own_start,
            {{ local_to_utc('cast(own_start_date as timestamp)', '_time_zone') }}
        ) as ends_at,
        "created" as created_at,
        "updated" as modified_at,
        {{ record_origin() }}
    from answered
)

select * from final
