{# The day of a moment as HubSpot's history writes it, in the account's zone, as text. #}
{% macro hubspot_day(text) -%}
    cast(cast({{ utc_to_local(parse_milliseconds(text), '_time_zone') }} as date) as varchar)
{%- endmacro %}

{# The records of an activity object that live, with what they are about (stg_hubspot__main_associated). #}
{% macro hubspot_activities(object) -%}
    select
        activities.*,
        {{ record_id('activities._source_instance', "'" ~ object ~ "-' || activities.id") }} as activity_id,
        coalesce(
            {{ record_id('activities._source_instance', 'associated.lead_id') }}, people.lead_id
        ) as lead_id,
        case
            when people.is_contact then {{ record_id('activities._source_instance', 'associated.contact_id') }}
        end as contact_id,
        {{ record_id('activities._source_instance', 'associated.company_id') }} as account_id,
        {{ record_id('activities._source_instance', 'associated.deal_id') }} as opportunity_id,
        coalesce(hs_object_source in ('AUTOMATION_PLATFORM', 'WORKFLOWS', 'SEQUENCES'), false) as is_automated
    from {{ landing_latest('hubspot', object) }} as activities
    left join {{ ref('stg_hubspot__main_associated') }} as associated
        on activities._source_instance = associated._source_instance
        and associated.from_type = '{{ object }}'
        and activities.id = associated.from_id
    left join {{ ref('stg_hubspot__people') }} as people
        on activities._source_instance = people._source_instance and associated.contact_id = people.id
    where not coalesce(activities.archived, false)
{%- endmacro %}

{# A lead's person from a contact, the same for both kinds of leads. #}
{% macro hubspot_person(relation, company_id) -%}
    {{ relation }}.firstname as first_name,
        {{ relation }}.lastname as last_name,
        {{ relation }}.jobtitle as title,
        {{ relation }}.company,
        {{ relation }}.email,
        {{ relation }}.phone,
        {{ relation }}.mobilephone as mobile_phone,
        {{ relation }}.address as street,
        {{ relation }}.zip as postal_code,
        {{ relation }}.city,
        {{ relation }}.country,
        {{ relation }}.website,
        {{ relation }}.industry,
        {{ try_cast_to(relation ~ '.numemployees', 'bigint') }} as employees,
        {{ relation }}.annualrevenue as annual_revenue,
        {{ relation }}.hs_analytics_source as lead_source,
        {{ relation }}.hs_email_optout as has_opted_out,
        {{ record_id(relation ~ '._source_instance', relation ~ '.id') }} as contact_id,
        {{ record_id(relation ~ '._source_instance', company_id) }} as account_id
{%- endmacro %}

{# What all activities of `hubspot_activities` share. #}
{% macro hubspot_activity_columns(is_automated='is_automated') -%}
    activity_id,
        hubspot_owner_id as owner_id,
        lead_id,
        contact_id,
        account_id,
        opportunity_id,
        {{ is_automated }} as is_automated,
        coalesce(hs_createdate, "createdAt") as created_at,
        "updatedAt" as modified_at,
        {{ record_origin() }}
{%- endmacro %}
