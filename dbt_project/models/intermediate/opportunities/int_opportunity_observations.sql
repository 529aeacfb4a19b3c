{#- The recorded states, and what follows from the record itself: that the deal exists from its
    creation and what no change was ever recorded of, in which state it was closed, and, where landing saw
    it only after as_of, the fields that nothing contradicts. -#}
{%- set fields = versioned_fields() -%}

with

lives as (

    select * from {{ ref('int_opportunity_lives') }}

),

stages as (

    select * from {{ ref('int_stages_resolved') }}

),

closings as (

    select * from {{ ref('int_opportunity_closings') }}

),

records as (

    select * from {{ ref('int_opportunity_records') }}

),

known as (

    select
        records.opportunity_id,
        {%- for field in fields %}
            max(case when records.knows_{{ field }} then 1 else 0 end) = 1 as knows_{{ field }},
            max(case when records.knowledge_rank = 1 and records.knows_{{ field }} then 1 else 0 end) = 1
                as has_{{ field }}_history,
            min(case when records.knowledge_rank = 2 then records.{{ field }} end) as least_{{ field }},
            max(case when records.knowledge_rank = 2 then records.{{ field }} end) as greatest_{{ field }},
        {%- endfor %}
        max_by(
            case when records.knows_stage then records.stage end,
            (records.observed_at, records.priority, records.sequence)
        ) as last_stage,
        -- a history that knows the deal in an open stage also knows when it was closed
        max(case
            when
                records.knowledge_rank != 2
                and records.knows_stage
                and records.stage is not null
                and coalesce(stages.outcome, 'open') = 'open'
                then 1
            else 0
        end) = 1 as has_open_history
    from records
    inner join lives on records.opportunity_id = lives.opportunity_id
    left join stages
        on lives.source_instance = stages.source_instance
        and lives.pipeline_id = stages.pipeline_id
        and records.stage = stages.stage
    group by records.opportunity_id

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
-- A field whose changes the source records, and none of this deal: it never changed. Of a closed deal this
-- holds for the owner alone, unless the history tells of its closing by a status: then of the rest as well.
-- Nothing is taken back that landing saw in two states.
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
            {%- if field == 'status' %}
                and false
            {%- elif field != 'owner_id' %}
                and (not lives.is_closed_record or coalesce(deal.tells_status, false))
            {%- endif %} as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from lives
    left join known on lives.opportunity_id = known.opportunity_id
    left join told_by_source_instance as source on lives.source_instance = source.source_instance
    left join told_by_opportunity_id as deal on lives.opportunity_id = deal.opportunity_id
    where lives.created_at is not null

),

-- Closed before landing saw it, and no history says otherwise: its own closing date counts, with the fields
-- that no history tells of. A history that begins with the closed deal, as after an import, does not say when
-- it was closed.
from_closing as (

    select
        closings.opportunity_id,
        -- A close date is the day's start, before a creation on that day. What was closed on a day before its
        -- creation was brought into the CRM closed: it was closed then, and its cycle is unknown.
        case
            when {{ reporting_date('lives.created_at') }} = {{ reporting_date('closings.closing_at') }}
                then greatest(closings.closing_at, lives.created_at)
            else closings.closing_at
        end as observed_at,
        2 as priority,
        '' as sequence,
        3 as knowledge_rank,
        {%- for field in fields %}
            closings.{{ field }},
            closings.{{ field }} is not null
            and not coalesce(known.has_{{ field }}_history and known.has_open_history, false)
                as knows_{{ field }},
        {%- endfor %}
        false as is_removed
    from closings
    inner join lives on closings.opportunity_id = lives.opportunity_id
    left join known on closings.opportunity_id = known.opportunity_id
    where
        closings.closing_at <= {{ as_of() }}
        -- seen closed after as_of only: told of by a deal that was not landed by then alone
        and (closings.known_from <= {{ as_of() }} or lives.known_from > {{ as_of() }})
        and not coalesce(
            case
                when closings.is_closed_by_status then known.has_status_history
                else known.has_open_history
            end,
            false
        )

),

-- First seen after as_of: taken as it was seen, but nothing that came with a later closing, and no
-- probability that came with a later stage.
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
            {%- if field != 'owner_id' %} and not lives.is_closed_record{% endif %}
            {%- if field == 'probability' %} and coalesce(known.last_stage = lives.stage, true){% endif %}
                as knows_{{ field }},
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
