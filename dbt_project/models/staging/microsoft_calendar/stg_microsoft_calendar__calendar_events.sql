{%- set from_series = [
    'subject', 'body_content', 'location_displayName', 'organizer_emailAddress_address', 'attendees',
    'responseStatus_response', 'showAs', 'sensitivity', 'isAllDay', 'isCancelled', 'isOnlineMeeting',
    'onlineMeeting_joinUrl', 'onlineMeetingUrl', 'originalStartTimeZone', 'createdDateTime',
] -%}
{%- set own_values = [] -%}
{%- for column in from_series -%}
    {%- set quoted = adapter.quote(column) -%}
    {%- set value = 'coalesce(occurrences.' ~ quoted ~ ', series.' ~ quoted ~ ')' -%}
    {%- do own_values.append(value ~ ' as own_' ~ column | lower) -%}
{%- endfor -%}
{%- set series_key = '"mailbox" || \'|\' || coalesce("seriesMasterId", "id")' -%}
-- Occurrences of people's own calendars. What one does not say itself its series says. Of a private event
-- only the time is kept, whatever has landed.
with records as (
    select * from {{ landing_latest('microsoft_calendar', 'events') }}
),

series as (
    select * from records
    where "type" = 'seriesMaster'
),

occurrences as (
    select * from records
    where "type" is distinct from 'seriesMaster' and "start_dateTime" is not null
),

zones as (
    select * from {{ ref('windows_time_zones') }}
),

together as (
    select
        occurrences.*,
        {{ own_values | join(', ') }},
        coalesce(occurrences."lastModifiedDateTime", series."lastModifiedDateTime") as modified_at,
        {{ parse_timestamp('occurrences."start_dateTime"') }} as own_start,
        {{ parse_timestamp('occurrences."end_dateTime"') }} as own_end
    from occurrences
    left join series
        on
        occurrences._source_instance = series._source_instance
        and occurrences."mailbox" = series."mailbox"
        and occurrences."seriesMasterId" = series."id"
),

marked as (
    select
        together.*,
        zones.time_zone as windows_zone,
        -- an occurrence whose series is unknown does not say whether it is private
        coalesce(lower(together.own_sensitivity) <> 'normal', true) as is_private,
        coalesce(together.own_isallday, false) as is_all_day
    from together
    left join zones on together.own_originalstarttimezone = zones.windows_name
),

final as (
    select
        {{ calendar_record_id('_source_instance', "\"mailbox\" || '|' || \"id\"") }} as event_id,
        {{ calendar_record_id('_source_instance', series_key) }} as series_id,
        "mailbox" as calendar_owner,

        case when not is_private then own_subject end as subject,
        case when not is_private then own_body_content end as description,
        case when not is_private then own_location_displayname end as location,
        case when not is_private then own_organizer_emailaddress_address end as organizer_email,
        case when not is_private then {{ graph_attendees('own_attendees') }} end as attendees,
        case when not is_private then "iCalUId" end as ical_uid,
        case
            when own_iscancelled then 'cancelled'
            when own_showas = 'tentative' then 'tentative'
            else 'confirmed'
        end as status,
        case own_responsestatus_response
            when 'tentativelyAccepted' then 'tentative'
            when 'notResponded' then 'needs_action'
            when 'organizer' then 'accepted'
            when 'none' then null
            else own_responsestatus_response
        end as response,
        case when own_showas in ('free', 'workingElsewhere') then 'free' else 'busy' end as show_as,
        case own_showas when 'oof' then 'out_of_office' else 'default' end as event_type,
        -- Windows' names mean the zones of the database; tzone://Microsoft/Custom means none. Whole days are
        -- placed in the source's below
        case
            when is_all_day then _time_zone
            when windows_zone is not null then windows_zone
            when own_originalstarttimezone like '%/%' and own_originalstarttimezone not like '%:%'
                then own_originalstarttimezone
            else _time_zone
        end as time_zone,

        is_private,
        is_all_day,
        not is_private
        and (
            coalesce(own_isonlinemeeting, false)
            or coalesce(own_onlinemeeting_joinurl, own_onlinemeetingurl) is not null
        ) as has_conference_link,

        -- whole days come as midnights of UTC and mean those of the person's zone
        case
            when is_all_day then {{ local_to_utc('own_start', '_time_zone') }}
            else own_start
        end as starts_at,
        case
            when is_all_day then {{ local_to_utc('own_end', '_time_zone') }}
            else own_end
        end as ends_at,
        own_createddatetime as created_at,
        modified_at,
        {{ record_origin() }}
    from marked
)

select * from final
