-- Calls and tasks. In older exports tasks have no id: their content is their key, and what stands twice is
-- one.
with call_rows as (
    select * from {{ landing_latest('zoho', 'Calls') }}
),

task_rows as (
    select * from {{ landing_latest('zoho', 'Tasks') }}
),

related as (
    {{ zoho_records() }}
),

calls as (
    {{ zoho_with_related('call_rows') }}
),

related_tasks as (
    {{ zoho_with_related('task_rows') }}
),

named_tasks as (
    select
        *,
        coalesce("Record Id", _record_hash) as task_id
    from related_tasks
),

tasks as (
    select *
    from named_tasks
    qualify row_number() over (partition by _source_instance, task_id order by _record_key) = 1
),

final_calls as (
    select
        {{ record_id('_source_instance', "'call-' || coalesce(\"Record Id\", \"TASKID\")") }} as activity_id,
        coalesce({{ zoho_user('"Call Owner.id"') }}, "Call Owner Id", "Call Owner") as owner_id,
        {{ zoho_party('lead', ['"LEADID"']) }} as lead_id,
        {{ zoho_party('contact', ['"Contact Name.id"', '"CONTACTID"']) }} as contact_id,
        {{ zoho_party('account', ['"ACCOUNTID"']) }} as account_id,
        {{ zoho_party('opportunity', ['"POTENTIALID"']) }} as opportunity_id,

        'call' as kind,
        -- a missed call came in, and nobody spoke
        case when lower("Call Type") = 'missed' then 'inbound' else lower("Call Type") end as direction,
        "Subject" as subject,
        -- a call to come has not been made
        case
            when lower("Call Status") in ('scheduled', 'overdue', 'missed', 'cancelled')
                then lower("Call Status")
            else 'completed'
        end as status,

        "Call Duration (in seconds)" / cast(60 as decimal(4, 0)) as duration_minutes,

        "Call Duration (in seconds)" > 0
        and coalesce(lower("Call Type") <> 'missed', true)
        and coalesce(lower("Call Result") not like 'no response%', true) as is_connected,

        "Call Start Time" as occurred_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from calls
),

final_tasks as (
    select
        {{ record_id('_source_instance', "'task-' || task_id") }} as activity_id,
        coalesce({{ zoho_user('"Task Owner.id"') }}, "Task Owner") as owner_id,
        {{ zoho_party('lead') }} as lead_id,
        {{ zoho_party('contact', ['"Contact Name.id"']) }} as contact_id,
        {{ zoho_party('account') }} as account_id,
        {{ zoho_party('opportunity') }} as opportunity_id,

        case
            when lower("Subject") in ('call', 'call back', 'callback') then 'call'
            when lower("Subject") in ('email', 'e-mail', 'send email') then 'email'
            else 'task'
        end as kind,
        "Subject" as subject,
        "Status" as status,

        "Due Date" as due_at,
        "Closed Time" as completed_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from tasks
),

final as (
    {{ union_by_name(['select * from final_calls', 'select * from final_tasks']) }}
)

select * from final
