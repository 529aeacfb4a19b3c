-- Grain: record × record that it is associated with.
with records as (
    select * from {{ landing_latest('hubspot', 'associations') }}
),

every_end as (
    select
        *,
        {{ rows_of_json('"to"') }} as end_json
    from records
),

final as (
    select
        _source_system,
        _source_instance,
        _changed_at,
        _loaded_at,
        "fromObjectType" as from_type,
        "fromObjectId" as from_id,
        "toObjectType" as to_type,
        {{ json_text('end_json', 'toObjectId') }} as to_id,
        coalesce(
            {{ json_text('end_json', 'associationTypes[0].label') }},
            {{ json_text('end_json', 'associationTypes[1].label') }}
        ) as label,
        coalesce({{ json_text('end_json', 'associationTypes') }} like '%"Primary"%', false) as is_primary
    from every_end
)

select
    *,
    row_number() over (
        partition by _source_instance, from_type, from_id, to_type
        order by is_primary desc, length(to_id) asc, to_id asc
    ) = 1 as is_main
from final
where to_id is not null
