{#- What the CRM's history and landing recorded about a deal up to as_of, and from when it held. Each
    row says which of the versioned fields it knows: unknown and empty are different things.
    knowledge_rank: 1 the CRM's history, 2 seen by landing, 3 assumed. -#}
{%- set fields = versioned_fields() -%}

with

lives as (

    select * from {{ ref('int_opportunity_lives') }}

),

landed as (

    select * from {{ ref('int_opportunity_snapshots_resolved') }}

),

history as (

    select * from {{ ref('int_opportunity_history_unioned') }}

),

field_changes as (

    select * from {{ ref('int_opportunity_field_changes_typed') }}

),

-- A column that a source instance never fills was not landed: its nulls say nothing.
{% for name in ['landed', 'history'] %}
    {{ name }}_fields as (

        select
            {%- for field in fields %}
                max(case when {{ field }} is not null then 1 else 0 end) = 1 as knows_{{ field }},
            {%- endfor %}
            source_instance
        from {{ name }}
        group by source_instance

    ),
{% endfor %}
-- A modification time that is coarser than the history (a date only) is not before the change that
-- the history puts into the same load.
landed_moments as (

    select
        landed.opportunity_id,
        landed.known_from,
        landed.loaded_at,
        greatest(landed.known_from, coalesce(max(history.changed_at), landed.known_from)) as observed_at
    from landed
    left join history
        on landed.opportunity_id = history.opportunity_id
        and landed.known_from < history.changed_at
        and landed.loaded_at >= history.changed_at
        -- an export may be made long before it lands: what only a later one tells changed after it
        and landed.loaded_at >= history.loaded_at
    group by landed.opportunity_id, landed.known_from, landed.loaded_at

),

-- the value before the first recorded change of a field held since the creation
from_old_values as (

    select
        changes.opportunity_id,
        lives.created_at as observed_at,
        1 as priority,
        changes.field as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            changes.old_{{ field }} as {{ field }},
            changes.field = '{{ field }}' as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from field_changes as changes
    inner join lives on changes.opportunity_id = lives.opportunity_id
    where changes.is_first_of_field and lives.created_at is not null

),

from_history as (

    select
        history.opportunity_id,
        history.changed_at as observed_at,
        3 as priority,
        history.history_id as sequence,
        1 as knowledge_rank,
        {%- for field in fields %}
            history.{{ field }},
            known.knows_{{ field }},
        {%- endfor %}
        cast(null as boolean) as is_removed
    from history
    inner join history_fields as known on history.source_instance = known.source_instance

),

from_field_changes as (

    select
        opportunity_id,
        changed_at as observed_at,
        4 as priority,
        change_id as sequence,
        1 as knowledge_rank,
        {%- for field in fields %}
            new_{{ field }} as {{ field }},
            field = '{{ field }}' as knows_{{ field }},
        {%- endfor %}
        cast(null as boolean) as is_removed
    from field_changes

),

from_landing as (

    select
        landed.opportunity_id,
        moments.observed_at,
        5 as priority,
        cast(landed.loaded_at as varchar) as sequence,
        2 as knowledge_rank,
        {%- for field in fields %}
            landed.{{ field }},
            known.knows_{{ field }} and not coalesce(landed.is_deleted, false) as knows_{{ field }},
        {%- endfor %}
        -- until the record that stayed lists it, where that tells, it was a deal of its own
        coalesce(landed.is_deleted, false)
        or (landed.merged_into_id is not null and coalesce(moments.observed_at >= landed.merged_at, true))
            as is_removed
    from landed
    inner join landed_moments as moments
        on landed.opportunity_id = moments.opportunity_id
        and landed.known_from = moments.known_from
        and landed.loaded_at = moments.loaded_at
    inner join landed_fields as known on landed.source_instance = known.source_instance

),

from_merges as (

    select distinct
        opportunity_id,
        merged_at as observed_at,
        6 as priority,
        '' as sequence,
        2 as knowledge_rank,
        {%- for field, type in fields.items() %}
            cast(null as {{ type }}) as {{ field }},
            false as knows_{{ field }},
        {%- endfor %}
        true as is_removed
    from landed
    where merged_at is not null

),

recorded as (
    {% for name in ['old_values', 'history', 'field_changes', 'landing', 'merges'] %}
        select * from from_{{ name }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select
    recorded.opportunity_id,
    -- Nothing was known of a deal before it existed; a creation that lies ahead is a mistake.
    case
        when lives.created_at <= {{ as_of() }} then greatest(recorded.observed_at, lives.created_at)
        else recorded.observed_at
    end as observed_at,
    recorded.priority,
    recorded.sequence,
    recorded.knowledge_rank,
    {%- for field in fields %}
        recorded.{{ field }},
        recorded.knows_{{ field }},
    {%- endfor %}
    recorded.is_removed
from recorded
inner join lives on recorded.opportunity_id = lives.opportunity_id
where recorded.observed_at <= {{ as_of() }}
