-- Appointments kept in the CRM. The copies of invitees (IsChild) and the masters of series
-- (IsRecurrence) would count a meeting twice. Of a private one only the time is kept.
with records as (
    select * from {{ landing_latest('salesforce', 'Event') }}
    where
        not coalesce("IsDeleted", false)
        and not coalesce("IsChild", false)
        and not coalesce("IsRecurrence", false)
),

days as (
    select
        *,
        cast(coalesce("ActivityDate", cast("StartDateTime" as date)) as timestamp) as first_day,
        coalesce(
            "EndDateTime", {{ dbt.dateadd('minute', '"DurationInMinutes"', '"StartDateTime"') }}
        ) as timed_end_at
    from records
),

counted as (
    select
        *,
        cast(greatest(1, ceil(coalesce(
            "DurationInMinutes" / 1440.0,
            {{ dbt.datediff('first_day', '"EndDateTime"', 'day') }} + 1,
            1
        ))) as integer) as day_count
    from days
),

final as (
    select
        {{ salesforce_record('Id') }} as event_id,
        {{ salesforce_record('RecurrenceActivityId') }} as series_id,
        {{ salesforce_id('OwnerId') }} as calendar_owner,
        case when "WhoId" like '00Q%' then {{ salesforce_record('WhoId') }} end as lead_id,
        case when "WhoId" like '003%' then {{ salesforce_record('WhoId') }} end as contact_id,
        case
            when "WhatId" like '001%' then {{ salesforce_record('WhatId') }}
            else {{ salesforce_record('AccountId') }}
        end as account_id,
        case when "WhatId" like '006%' then {{ salesforce_record('WhatId') }} end as opportunity_id,

        case when not coalesce("IsPrivate", false) then "Subject" end as subject,
        case when not coalesce("IsPrivate", false) then "Description" end as description,
        case when not coalesce("IsPrivate", false) then "Location" end as location,
        case "ShowAs" when 'Free' then 'free' else 'busy' end as show_as,
        case "ShowAs" when 'OutOfOffice' then 'out_of_office' else 'default' end as event_type,
        'confirmed' as status,

        coalesce("IsPrivate", false) as is_private,
        coalesce("IsAllDayEvent", false) as is_all_day,
        _time_zone as time_zone,

        -- whole days come as midnights of UTC, the end as that of the last; they are the owner's days
        case
            when "IsAllDayEvent" or "StartDateTime" is null
                then {{ local_to_utc('first_day', '_time_zone') }}
            else "StartDateTime"
        end as starts_at,
        case
            when "IsAllDayEvent"
                then {{ local_to_utc(dbt.dateadd('day', 'day_count', 'first_day'), '_time_zone') }}
            else timed_end_at
        end as ends_at,
        "CreatedDate" as created_at,
        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,
        {{ record_origin() }}
    from counted
)

select * from final
