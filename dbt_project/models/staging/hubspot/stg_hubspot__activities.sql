-- Calls, e-mails, tasks, notes and messages; meetings are calendar events. hs_timestamp is when it took
-- place, of a task when it is due.
with calls as (
    select
        {{ hubspot_activity_columns() }},
        'call' as kind,
        lower(hs_call_direction) as direction,
        hs_call_title as subject,
        hs_call_body as notes,
        -- it rang: somebody tried, whoever answered
        case
            when hs_call_status in ('NO_ANSWER', 'BUSY', 'MISSED') then 'completed'
            else lower(hs_call_status)
        end as status,
        hs_timestamp as occurred_at,
        cast(null as timestamp) as due_at,
        case when hs_call_status = 'COMPLETED' then hs_timestamp end as completed_at,
        hs_call_duration / 60000 as duration_minutes,
        -- HubSpot's own outcome `Connected`, under the same id in every account
        hs_call_disposition = 'f240bbac-87c9-4f6e-bf70-924b57d47db7' as is_connected
    from ({{ hubspot_activities('calls') }}) as records
),

emails as (
    select
        {{ hubspot_activity_columns(
            is_automated="is_automated or coalesce(" ~ says_automatic_reply('hs_email_subject') ~ ", false)"
        ) }},
        'email' as kind,
        case when hs_email_direction = 'INCOMING_EMAIL' then 'inbound' else 'outbound' end as direction,
        hs_email_subject as subject,
        hs_email_text as notes,
        lower(hs_email_status) as status,
        hs_timestamp as occurred_at,
        cast(null as timestamp) as due_at,
        case when hs_email_status = 'SENT' then hs_timestamp end as completed_at,
        cast(null as decimal(18, 4)) as duration_minutes,
        cast(null as boolean) as is_connected
    from ({{ hubspot_activities('emails') }}) as records
),

tasks as (
    select
        {{ hubspot_activity_columns() }},
        'task' as kind,
        cast(null as varchar) as direction,
        hs_task_subject as subject,
        hs_task_body as notes,
        lower(hs_task_status) as status,
        cast(null as timestamp) as occurred_at,
        hs_timestamp as due_at,
        hs_task_completion_date as completed_at,
        cast(null as decimal(18, 4)) as duration_minutes,
        cast(null as boolean) as is_connected
    from ({{ hubspot_activities('tasks') }}) as records
),

notes as (
    select
        {{ hubspot_activity_columns() }},
        'note' as kind,
        'internal' as direction,
        cast(null as varchar) as subject,
        hs_note_body as notes,
        'completed' as status,
        hs_timestamp as occurred_at,
        cast(null as timestamp) as due_at,
        hs_timestamp as completed_at,
        cast(null as decimal(18, 4)) as duration_minutes,
        cast(null as boolean) as is_connected
    from ({{ hubspot_activities('notes') }}) as records
),

messages as (
    select
        {{ hubspot_activity_columns() }},
        'message' as kind,
        'outbound' as direction,
        hs_communication_channel_type as subject,
        hs_communication_body as notes,
        'completed' as status,
        hs_timestamp as occurred_at,
        cast(null as timestamp) as due_at,
        hs_timestamp as completed_at,
        cast(null as decimal(18, 4)) as duration_minutes,
        cast(null as boolean) as is_connected
    from ({{ hubspot_activities('communications') }}) as records
)

select * from calls
union all
select * from emails
union all
select * from tasks
union all
select * from notes
union all
select * from messages
