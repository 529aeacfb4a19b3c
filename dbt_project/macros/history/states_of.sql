{# The states that records went through, without gaps or overlaps, as a query: what is not restated is
   carried forward, what was recorded at one instant is one change, what changed nothing is no state.
   `observations`: a relation with `id`, observed_at, priority and sequence (the order within an instant),
   knowledge_rank (1 the CRM's history, 2 seen by landing, 3 assumed), is_removed (null: says nothing) and,
   per field of `fields` (name to type), the field and knows_<field>: unknown and empty are different things.
   Columns: id, version_number, valid_from, valid_to, the fields, change_source, is_removed_next (left the
   CRM at valid_to). #}
{% macro states_of(observations, id, fields) %}
with

-- One sort for all: every window that sorts otherwise costs as much again. What was recorded at one instant
-- are peers; the last of them has another instant after it.
carried as (

    select
        {{ id }},
        observed_at,
        coalesce({{ last_said('is_removed', 'is_removed is not null', 'so_far') }}, false) as is_removed,
        {%- for field in fields %}
            {{ last_said(field, 'knows_' ~ field, 'so_far') }} as {{ field }},
        {%- endfor %}
        min(knowledge_rank) over (
            partition by {{ id }} order by observed_at range between current row and current row
        ) as knowledge_rank,
        lead(observed_at) over (
            partition by {{ id }} order by observed_at, priority, sequence
        ) as next_observed_at
    from {{ observations }}
    window so_far as (
        partition by {{ id }}
        order by observed_at, priority, sequence
        rows between unbounded preceding and current row
    )

),

compared as (

    select
        *,
        lag(observed_at) over record as previous_at,
        {%- for field in fields %}
            lag({{ field }}) over record as previous_{{ field }},
        {%- endfor %}
        lag(is_removed) over record as previous_is_removed
    from carried
    where next_observed_at is null or next_observed_at > observed_at
    window record as (partition by {{ id }} order by observed_at)

),

changed as (

    select
        {{ id }},
        observed_at as valid_from,
        lead(observed_at) over record as valid_to,
        is_removed,
        -- Left the CRM at valid_to: deleted, or merged into another record.
        coalesce(lead(is_removed) over record, false) as is_removed_next,
        sum(case when is_removed then 0 else 1 end) over record as version_number,
        {%- for field in fields %}
            {{ field }},
        {%- endfor %}
        case knowledge_rank when 1 then 'crm_history' when 2 then 'observed' else 'assumed' end
            as change_source
    from compared
    where
        previous_at is null
        or is_removed != previous_is_removed
        {%- for field in fields %}
            or {{ field }} is distinct from previous_{{ field }}
        {%- endfor %}
    window record as (partition by {{ id }} order by observed_at)

)

select
    {{ id }},
    cast(version_number as bigint) as version_number,
    valid_from,
    valid_to,
    {%- for field in fields %}
        {{ field }},
    {%- endfor %}
    change_source,
    is_removed_next
from changed
where not is_removed
{% endmacro %}
