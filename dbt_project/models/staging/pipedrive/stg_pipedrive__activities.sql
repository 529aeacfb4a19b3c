-- Calls, e-mails and tasks; meetings are calendar events. It took place when it was marked as done.
with records as (
    {{ pipedrive_activities(are_meetings=false) }}
),

final as (
    select
        activity_id,
        owner_id,
        about_lead_id as lead_id,
        about_contact_id as contact_id,
        about_account_id as account_id,
        about_opportunity_id as opportunity_id,

        case
            when lower(type) like '%call%' then 'call'
            when lower(type) like '%mail%' then 'email'
            when {{ regex_matches('lower(type)', 'sms|message|linkedin|whatsapp|chat') }} then 'message'
            else 'task'
        end as kind,
        case
            when {{ regex_matches('lower(type)', 'call|mail|sms|message|linkedin|whatsapp|chat') }}
                then 'outbound'
        end as direction,
        subject,
        coalesce(note, public_description) as notes,
        case when done then 'completed' else 'open' end as status,

        duration_minutes,
        false as is_automated,

        case when done and lower(type) <> 'task' then marked_as_done_time end as occurred_at,
        coalesce(due_at, {{ local_to_utc('cast(due_date as timestamp)', '_time_zone') }}) as due_at,
        marked_as_done_time as completed_at,
        add_time as created_at,
        update_time as modified_at,
        {{ record_origin() }}
    from records
)

select * from final
