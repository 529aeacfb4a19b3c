{#- What is known of a lead's status and owner, and from when it held: its creation, the CRM's field
    history, what landing saw. A field whose changes the source records, and none of this lead, never
    changed since its creation (but of a conversion: not every CRM writes one down as a change). -#}
{#- A view: read once, by int_lead_versions, and to write it takes as long as to make it. -#}
{{ config(materialized='view') }}
{%- set fields = {'status': 'varchar', 'owner_id': 'varchar'} -%}

with

leads as (

    select * from {{ ref('int_leads_resolved') }}

),

field_changes as (

    select * from {{ ref('int_lead_field_changes_typed') }}

),

snapshots as (

    select
        *,
        max(case when is_deleted then loaded_at end) over (
            partition by lead_id
            order by loaded_at
            range between unbounded preceding and current row
        ) as deleted_at
    from {{ ref('int_lead_snapshots_unioned') }}

),

landed as (

    select
        snapshots.lead_id,
        -- what landed again after a deletion was not there meanwhile
        least(
            case
                when
                    snapshots.deleted_at < snapshots.loaded_at
                    and snapshots.deleted_at >= snapshots.changed_at
                    then snapshots.loaded_at
                else snapshots.changed_at
            end,
            snapshots.loaded_at,
            {{ as_of() }}
        ) as observed_at,
        snapshots.loaded_at,
        snapshots.status,
        reps.rep_id as owner_id,
        coalesce(snapshots.is_deleted, false) or snapshots.merged_into_id is not null as is_removed
    from snapshots
    left join {{ ref('int_reps_matched') }} as reps
        on snapshots.source_instance = reps.source_instance and snapshots.owner_id = reps.owner_ref
    where snapshots.changed_at <= {{ as_of() }} or snapshots.is_latest

),

{% for grain in ['source_instance', 'lead_id'] %}
    told_by_{{ grain }} as (

        select
            {%- for field in fields %}
                max(case when field = '{{ field }}' then 1 else 0 end) = 1 as tells_{{ field }},
            {%- endfor %}
            {{ grain }}
        from field_changes
        group by {{ grain }}

    ),
{% endfor %}
seen as (

    select
        {%- for field in fields %}
            min({{ field }}) = max({{ field }}) as has_one_{{ field }},
        {%- endfor %}
        lead_id
    from landed
    where not is_removed
    group by lead_id

),

from_creation as (

    select
        leads.lead_id,
        leads.created_at as observed_at,
        0 as priority,
        '' as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            leads.{{ field }},
            coalesce(source.tells_{{ field }} and seen.has_one_{{ field }}, false)
            and not coalesce(lead.tells_{{ field }}, false)
            and not leads.is_converted as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from leads
    left join seen on leads.lead_id = seen.lead_id
    left join told_by_source_instance as source on leads.source_instance = source.source_instance
    left join told_by_lead_id as lead on leads.lead_id = lead.lead_id
    where leads.created_at is not null

),

-- the value before the first recorded change of a field held since the creation
from_old_values as (

    select
        leads.lead_id,
        leads.created_at as observed_at,
        1 as priority,
        changes.field as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            changes.old_{{ field }} as {{ field }},
            changes.field = '{{ field }}' as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from field_changes as changes
    inner join leads on changes.lead_id = leads.lead_id
    where changes.is_first_of_field and leads.created_at is not null

),

from_field_changes as (

    select
        lead_id,
        changed_at as observed_at,
        2 as priority,
        change_id as sequence,
        1 as knowledge_rank,
        {%- for field in fields %}
            new_{{ field }} as {{ field }},
            field = '{{ field }}' as knows_{{ field }},
        {%- endfor %}
        cast(null as boolean) as is_removed
    from field_changes
    where changed_at <= {{ as_of() }}

),

from_landing as (

    select
        lead_id,
        observed_at,
        3 as priority,
        cast(loaded_at as varchar) as sequence,
        2 as knowledge_rank,
        {%- for field in fields %}
            {{ field }},
            not is_removed as knows_{{ field }},
        {%- endfor %}
        is_removed
    from landed

),

observed as (
    {% for name in ['creation', 'old_values', 'field_changes', 'landing'] %}
        select * from from_{{ name }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select
    {{ all_but(['observed_at'], 'observed') }},
    -- nothing was known of a lead before it existed, and no creation lies after as_of
    least(
        greatest(observed.observed_at, coalesce(leads.created_at, observed.observed_at)),
        {{ as_of() }}
    ) as observed_at
from observed
inner join leads on observed.lead_id = leads.lead_id
