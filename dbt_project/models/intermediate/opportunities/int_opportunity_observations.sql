{#- The recorded states, and what follows from the record itself: that the deal exists from its
    creation and what no change was ever recorded of, in which state it was closed, and, where landing saw
    it only after as_of, the fields that nothing contradicts. -#}
{%- set fields = versioned_fields() -%}

with

lives as (

    select
        lives.*,
        coalesce(stages.is_closed, lives.is_closed, lives.is_won, false) as is_closed_record
    from {{ ref('int_opportunity_lives') }} as lives
    left join {{ ref('int_stages_resolved') }} as stages
        on lives.source_instance = stages.source_instance
        and lives.pipeline_id = stages.pipeline_id
        and lives.stage = stages.stage

),

records as (

    select * from {{ ref('int_opportunity_records') }}

),

known as (

    select
        opportunity_id,
        {%- for field in fields %}
            max(case when knows_{{ field }} then 1 else 0 end) = 1 as knows_{{ field }},
            min(case when knowledge_rank = 2 then {{ field }} end) as least_{{ field }},
            max(case when knowledge_rank = 2 then {{ field }} end) as greatest_{{ field }},
        {%- endfor %}
        max(case when knowledge_rank = 1 and knows_stage then 1 else 0 end) = 1 as has_stage_history
    from records
    group by opportunity_id

),

-- Changes that the CRM recorded by all that is known today, also those after as_of.
recorded_changes as (

    select
        {%- for field in fields %}
            field = '{{ field }}' as tells_{{ field }},
        {%- endfor %}
        source_instance,
        opportunity_id
    from {{ ref('int_opportunity_field_changes_typed') }}
    union all
    select
        {%- for field in fields %}
            {{ field }} is not null as tells_{{ field }},
        {%- endfor %}
        source_instance,
        opportunity_id
    from {{ ref('int_opportunity_history_unioned') }}

),

{% for grain in ['source_instance', 'opportunity_id'] %}
    told_by_{{ grain }} as (

        select
            {%- for field in fields %}
                max(case when tells_{{ field }} then 1 else 0 end) = 1 as tells_{{ field }},
            {%- endfor %}
            {{ grain }}
        from recorded_changes
        group by {{ grain }}

    ),
{% endfor %}
-- A field whose changes the source records, and none of this deal: it never changed. A closing leaves
-- no change in every CRM (Pipedrive's status is not its stage), so of a closed deal this holds for the
-- owner alone; and nothing is taken back that landing saw in two states.
from_creation as (

    select
        lives.opportunity_id,
        least(lives.created_at, {{ as_of() }}) as observed_at,
        0 as priority,
        '' as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            coalesce(known.least_{{ field }}, lives.{{ field }}) as {{ field }},
            coalesce(known.least_{{ field }}, lives.{{ field }}) is not null
            and coalesce(source.tells_{{ field }}, false)
            and not coalesce(deal.tells_{{ field }}, false)
            and coalesce(known.least_{{ field }} = known.greatest_{{ field }}, true)
            {%- if field != 'owner_id' %} and not lives.is_closed_record{% endif %} as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from lives
    left join known on lives.opportunity_id = known.opportunity_id
    left join told_by_source_instance as source on lives.source_instance = source.source_instance
    left join told_by_opportunity_id as deal on lives.opportunity_id = deal.opportunity_id
    where lives.created_at is not null

),

-- Closed before landing saw it, and no history says otherwise: its own closing date counts.
from_closing as (

    select
        lives.opportunity_id,
        greatest(lives.closing_at, coalesce(lives.created_at, lives.closing_at)) as observed_at,
        2 as priority,
        '' as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            lives.{{ field }},
            lives.{{ field }} is not null as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from lives
    left join known on lives.opportunity_id = known.opportunity_id
    where
        lives.is_closed_record
        and lives.closing_at <= {{ as_of() }}
        and lives.closing_at < lives.known_from
        and not coalesce(known.has_stage_history, false)
        and not coalesce(lives.is_dated_by_vendor, false)
        -- seen open after its closing date: the date is not when it was closed
        and (lives.previous_known_from is null or lives.closing_at > lives.previous_known_from)

),

-- First seen after as_of: taken as it was seen, but nothing that came with a later closing.
from_later_landing as (

    select
        lives.opportunity_id,
        {{ as_of() }} as observed_at,
        6 as priority,
        '' as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            lives.{{ field }},
            lives.{{ field }} is not null and not coalesce(known.knows_{{ field }}, false)
            {%- if field != 'owner_id' %} and not lives.is_closed_record{% endif %} as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from lives
    left join known on lives.opportunity_id = known.opportunity_id
    where
        lives.known_from > {{ as_of() }}
        and not (lives.is_closed_record and coalesce(lives.closing_at <= {{ as_of() }}, false))

)

{% for name in ['from_creation', 'from_closing', 'records', 'from_later_landing'] %}
    select
        opportunity_id,
        observed_at,
        priority,
        sequence,
        knowledge_rank,
        {%- for field in fields %}
            {{ field }},
            knows_{{ field }},
        {%- endfor %}
        is_removed
    from {{ name }}
    {% if not loop.last %}
        union all
    {% endif %}
{%- endfor %}
