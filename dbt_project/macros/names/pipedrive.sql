{# Name, address and numbers of a person of Pipedrive; of several addresses the first, which is the primary. #}
{% macro pipedrive_person(relation) -%}
    {{ relation }}.first_name,
        {{ relation }}.last_name,
        {{ relation }}.name as full_name,
        {{ relation }}.job_title as title,
        {{ json_text(relation ~ '.emails', '[0].value') }} as email,
        {{ json_text(relation ~ '.phones', '[0].value') }} as phone,
        nullif(trim(concat(
            {{ json_text(relation ~ '.postal_address', 'route') }},
            ' ',
            {{ json_text(relation ~ '.postal_address', 'street_number') }}
        )), '') as street,
        {{ json_text(relation ~ '.postal_address', 'postal_code') }} as postal_code,
        {{ json_text(relation ~ '.postal_address', 'locality') }} as city,
        {{ relation }}.birthday as birth_date
{%- endmacro %}

{# Activities that live, of meetings or of all others, with whom they are about: lead or contact. A meeting
   is by its type, or has a conference. Types are the account's own. #}
{% macro pipedrive_activities(are_meetings) -%}
    select
        activities.*,
        {{ record_id('activities._source_instance', 'activities.id') }} as activity_id,
        {{ record_id('activities._source_instance', 'activities.lead_id') }} as about_lead_id,
        {{ record_id('contacts.source_instance', 'activities.person_id') }} as about_contact_id,
        {{ record_id('activities._source_instance', 'activities.org_id') }} as about_account_id,
        {{ record_id('activities._source_instance', 'activities.deal_id') }} as about_opportunity_id,
        {{ try_cast_to("cast(due_date as varchar) || ' ' || due_time", 'timestamp') }} as due_at,
        {{ try_cast_to(dbt.split_part('duration', "':'", 1), 'integer') }} * 60
        + {{ try_cast_to(dbt.split_part('duration', "':'", 2), 'integer') }} as duration_minutes
    from {{ landing_latest('pipedrive', 'activities') }} as activities
    left join {{ ref('stg_pipedrive__contacts') }} as contacts
        on {{ record_id('activities._source_instance', 'activities.person_id') }} = contacts.contact_id
    where
        not coalesce(activities.is_deleted, false)
        and {{ '' if are_meetings else 'not ' }}coalesce(
            activities.type in ('meeting', 'lunch') or activities.conference_meeting_url is not null, false
        )
{%- endmacro %}
