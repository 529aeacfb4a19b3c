-- Calls and tasks. Tasks have no id: their content is their key, and what stands twice is one task.
with calls as (
    select * from {{ landing_latest('zoho', 'Calls') }}
),

task_rows as (
    select * from {{ landing_latest('zoho', 'Tasks') }}
),

tasks as (
    select *
    from task_rows
    qualify row_number() over (partition by _source_instance, _record_hash order by _record_key) = 1
),

final_calls as (
    select
        {{ record_id('_source_instance', "'call-' || \"TASKID\"") }} as activity_id,
        coalesce("Call Owner Id", "Call Owner") as owner_id,
        {{ zoho_reference('"LEADID"') }} as lead_id,
        {{ zoho_reference('"CONTACTID"') }} as contact_id,
        {{ zoho_reference('"ACCOUNTID"') }} as account_id,
        {{ zoho_reference('"POTENTIALID"') }} as opportunity_id,

        'call' as kind,
        lower("Call Type") as direction,
        "Subject" as subject,
        'completed' as status,

        "Call Duration (in seconds)" / cast(60 as decimal(4, 0)) as duration_minutes,

        "Call Duration (in seconds)" > 0
        and coalesce(lower("Call Result") not like 'no response%', true) as is_connected,

        "Call Start Time" as occurred_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from calls
),

final_tasks as (
    select
        {{ record_id('_source_instance', "'task-' || _record_hash") }} as activity_id,
        "Task Owner" as owner_id,

        case
            when lower("Subject") in ('call', 'call back', 'callback') then 'call'
            when lower("Subject") in ('email', 'e-mail', 'send email') then 'email'
            else 'task'
        end as kind,
        "Subject" as subject,
        "Status" as status,

        "Due Date" as due_at,
        "Created Time" as created_at,
        "Modified Time" as modified_at,
        {{ record_origin() }}
    from tasks
),

final as (
    {{ union_by_name(['select * from final_calls', 'select * from final_tasks']) }}
)

select * from final
