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
        versions.loaded_at,
        least(versions.changed_at, {{ as_of() }}) as changed_at,
        {%- for value in values %}
            (versions.{{ value }} is not distinct from leads.{{ value }}) as has_same_{{ value }},
        {%- endfor %}
        case when versions.version_number = 1 then leads.created_at end as assumed_at
    from leads
    inner join versions on leads.lead_id = versions.lead_id
),

status_versions as (
    select
        lead_id,
        valid_from,
        status,
        lag(status) over (partition by lead_id order by valid_from) as previous_status
    from {{ ref('int_lead_versions') }}
),

statuses as (
    select
        lead_id,
        max(valid_from) as status_since
    from status_versions
    where coalesce(status, '') != coalesce(previous_status, '')
    group by lead_id
),

aged as (
    select
        lead_id,
        {%- for value in values %}
            min(case when has_same_{{ value }} then coalesce(assumed_at, changed_at) end)
                as {{ value }}_since,
        {%- endfor %}
        min(loaded_at) as first_landed_at
    from compared
    group by lead_id
)

select
    aged.*,
    statuses.status_since
from aged
left join statuses on aged.lead_id = statuses.lead_id
