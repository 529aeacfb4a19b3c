-- Every stage that any pipeline ever had, under its latest label: the id stays when people rename it.
with versions as (
    select * from {{ landing_versions('hubspot', 'pipelines') }}
    where not _is_deleted
),

every_stage as (
    select
        *,
        {{ rows_of_json('stages') }} as stage_json
    from versions
),

named as (
    select
        _source_system,
        _source_instance,
        _changed_at,
        _loaded_at,
        "objectType" as object_type,
        id as pipeline_id,
        {{ json_text('stage_json', 'id') }} as stage_id,
        {{ json_text('stage_json', 'label') }} as stage_label,
        {{ try_cast_to(json_text('stage_json', 'displayOrder'), 'integer') }} as display_order,
        {{ try_cast_to(json_text('stage_json', 'metadata.probability'), 'decimal(9, 6)') }}
            as probability,
        lower({{ json_text('stage_json', 'metadata.isClosed') }}) = 'true' as is_closed
    from every_stage
),

latest as (
    select
        *,
        row_number() over (
            partition by _source_instance, object_type, pipeline_id, stage_id
            order by _loaded_at desc, _changed_at desc
        ) as recency
    from named
    where stage_id is not null
)

select
    _source_system,
    _source_instance,
    _changed_at,
    _loaded_at,
    object_type,
    pipeline_id,
    stage_id,
    probability,
    coalesce(stage_label, stage_id) as stage_label,
    coalesce(is_closed, probability in (0, 1)) as is_closed,
    row_number() over (
        partition by _source_instance, object_type, pipeline_id
        order by display_order, stage_label, stage_id
    ) as stage_order
from latest
where recency = 1
