-- Meetings. One without a time of day stands on its day and takes none of it: nobody knows how long it was.
with records as (
    {{ pipedrive_activities(are_meetings=true) }}
),

final as (
    select
        activity_id as event_id,
        owner_id as calendar_owner,
        about_lead_id as lead_id,
        about_contact_id as contact_id,
        about_account_id as account_id,
        about_opportunity_id as opportunity_id,

        subject,
        coalesce(public_description, note) as description,
        {{ json_text('location', 'value') }} as location,
        {{ pipedrive_attendees('attendees') }} as attendees,
        {{ pipedrive_answer('attendees', 'owner_id') }} as response,
        'confirmed' as status,
        case when done then 'held' end as outcome,
        case when due_at is null then 'free' else 'busy' end as show_as,
        'default' as event_type,
        _time_zone as time_zone,

        due_at is null as is_all_day,
        false as is_private,
        conference_meeting_url is not null as has_conference_link,

        coalesce(due_at, {{ local_to_utc('cast(due_date as timestamp)', '_time_zone') }}) as starts_at,
        case
            when due_at is null
                then {{ local_to_utc(dbt.dateadd('day', 1, 'cast(due_date as timestamp)'), '_time_zone') }}
            else {{ dbt.dateadd('minute', 'coalesce(duration_minutes, 30)', 'due_at') }}
        end as ends_at,
        add_time as created_at,
        update_time as modified_at,
        {{ record_origin() }}
    from records
    where due_date is not null
)

select * from final
