-- Tasks, calls and e-mails. ActivityDate is the day on which a task is due; it took place when it was
-- completed. Masters of series (IsRecurrence) are never done. Who is meant stands in the first three
-- characters of WhoId and WhatId.
with records as (
    select * from {{ landing_latest('salesforce', 'Task') }}
    where
        not coalesce("IsDeleted", false)
        and not coalesce("IsRecurrence", false)
),

kinds as (
    select
        *,
        case
            when "TaskSubtype" = 'Call' or lower("Type") like '%call%' then 'call'
            when "TaskSubtype" in ('Email', 'ListEmail') or lower("Type") like '%e%mail%' then 'email'
            when "TaskSubtype" = 'LinkedIn' then 'message'
            when lower("Type") in ('message', 'linkedin', 'sms', 'chat') then 'message'
            when lower("Type") like '%meeting%' then 'meeting'
            when "TaskSubtype" is null and lower("Subject") like 'email:%' then 'email'
            when "TaskSubtype" is null and {{ regex_matches('lower("Subject")', '^call(:|$)') }} then 'call'
            else 'task'
        end as kind
    from records
),

final as (
    select
        {{ salesforce_record('Id') }} as activity_id,
        {{ salesforce_id('OwnerId') }} as owner_id,
        case when "WhoId" like '00Q%' then {{ salesforce_record('WhoId') }} end as lead_id,
        case when "WhoId" like '003%' then {{ salesforce_record('WhoId') }} end as contact_id,
        case
            when "WhatId" like '001%' then {{ salesforce_record('WhatId') }}
            else {{ salesforce_record('AccountId') }}
        end as account_id,
        case when "WhatId" like '006%' then {{ salesforce_record('WhatId') }} end as opportunity_id,

        kind,
        case
            when lower("CallType") in ('inbound', 'outbound', 'internal') then lower("CallType")
            when lower("Type") like '%inbound%' or lower("Subject") like 're:%' then 'inbound'
            when kind <> 'task' then 'outbound'
        end as direction,
        "Subject" as subject,
        "Description" as notes,
        case when "IsClosed" then 'completed' else "Status" end as status,

        "CallDurationInSeconds" / cast(60 as decimal(4, 0)) as duration_minutes,

        case
            when kind = 'call' and "CallDisposition" is not null
                then {{ says_connected('"CallDisposition"') }}
        end as is_connected,
        coalesce("TaskSubtype" in ('ListEmail', 'Cadence'), false)
        or coalesce({{ says_automatic_reply('"Subject"') }}, false) as is_automated,

        {{ local_to_utc('cast("ActivityDate" as timestamp)', '_time_zone') }} as due_at,
        "CompletedDateTime" as completed_at,
        "CreatedDate" as created_at,
        coalesce("SystemModstamp", "LastModifiedDate") as modified_at,
        {{ record_origin() }}
    from kinds
)

select * from final
