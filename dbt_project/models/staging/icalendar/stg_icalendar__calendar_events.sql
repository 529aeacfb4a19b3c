-- Occurrences of people's own calendars. Of a private event only the time is kept, whatever has landed.
with records as (
    select
        *,
        (coalesce(sequence, 0), coalesce(last_modified, cast('1970-01-01' as timestamp))) as revision
    from {{ landing_latest('icalendar', 'occurrences') }}
),

-- Exports of two months beside each other, or an invitation and its update: what was moved in between stands
-- in the older one where it was. Only of what is no series: of one whose past is out of the window nobody
-- lists the old occurrences any more.
moved as (
    select
        _source_instance,
        calendar_owner,
        uid,
        max(revision) as last_revision
    from records
    where series_kind = 'single'
    group by _source_instance, calendar_owner, uid
    having count(*) > 1
),

marked as (
    select
        records.*,
        coalesce(lower(records."visibility") in ('private', 'confidential'), false) as is_private,
        lower({{ attendee_answer('records.attendees', 'records.calendar_owner', 'response') }}) as own_answer
    from records
    left join moved
        on
        records._source_instance = moved._source_instance
        and records.calendar_owner = moved.calendar_owner
        and records.uid = moved.uid
    where
        moved.uid is null
        or records.series_kind <> 'single'
        or records.revision = moved.last_revision
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
