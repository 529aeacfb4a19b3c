-- Grain: lead. Since when its present values have stood there, as far as landing has seen: the first
-- version held from the creation on (assumed), each later one from its modification.
{% set values = ['email', 'phone', 'mobile_phone', 'name', 'title', 'company', 'owner_ref'] %}

with leads as (
    select
        lead_id,
        email,
        phone,
        mobile_phone,
        title,
        company,
        owner_ref,
        full_name as name,
        status,
        case when created_at <= {{ as_of() }} then created_at end as created_at
    from {{ ref('int_leads_resolved') }}
),

landed as (
    select * from {{ ref('int_lead_snapshots_unioned') }}
    where not is_deleted
),

versions as (
    select
        {{ all_but(['full_name', 'owner_id'], 'landed') }},
        {{ full_name('landed') }} as name,
        landed.owner_id as owner_ref,
        row_number() over (
            partition by landed.lead_id order by landed.changed_at, landed.loaded_at
        ) as version_number
    from landed
    where landed.changed_at <= {{ as_of() }} or landed.is_latest
),

compared as (
    select
        leads.lead_id,
        versions.version_number,
        versions.loaded_at,
        least(versions.changed_at, {{ as_of() }}) as changed_at,
        case when versions.version_number = 1 then leads.created_at end as assumed_at,
        {%- for value in values %}
            (versions.{{ value }} is not distinct from leads.{{ value }}) as has_same_{{ value }},
        {%- endfor %}
        max(case when versions.status is distinct from leads.status then versions.version_number else 0 end)
            over (partition by leads.lead_id) as last_version_of_other_status
    from leads
    inner join versions on leads.lead_id = versions.lead_id
),

status_changes as (
    select
        lead_id,
        max(changed_at) as changed_at
    from {{ ref('int_lead_field_changes_unioned') }}
    where
        {{ comparable_text('field') }} in ('status', 'lead status', 'hs lead status')
        and changed_at <= {{ as_of() }}
    group by lead_id
),

aged as (
    select
        lead_id,
        min(loaded_at) as first_landed_at,
        {%- for value in values %}
            min(case when has_same_{{ value }} then coalesce(assumed_at, changed_at) end)
                as {{ value }}_since,
        {%- endfor %}
        min(case when version_number > last_version_of_other_status then changed_at end) as status_seen_since
    from compared
    group by lead_id
)

select
    aged.*,
    coalesce(status_changes.changed_at, aged.status_seen_since) as status_since
from aged
left join status_changes on aged.lead_id = status_changes.lead_id
