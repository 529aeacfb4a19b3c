-- Records that were merged into another: they vanish from HubSpot without being archived, so that
-- landing still holds them. Grain: kind of record × record that is no more. merged_at: since when it is
-- none of its own. A merge of deals makes a new deal with the past of both: since that one's creation, or
-- what they were worth until the merge would stand twice.
with records as (
    select
        'contacts' as object_type, _source_instance, id, _changed_at, hs_merged_object_ids,
        true as _is_latest, _changed_at as _known_from, cast(null as timestamp) as _created_at
    from {{ landing_latest('hubspot', 'contacts') }}
    union all
    select
        'companies' as object_type, _source_instance, id, _changed_at, hs_merged_object_ids,
        true as _is_latest, _changed_at as _known_from, cast(null as timestamp) as _created_at
    from {{ landing_latest('hubspot', 'companies') }}
    union all
    -- every version: a deal was one of its own until the first that lists it
    select
        'deals' as object_type, _source_instance, id, _changed_at, hs_merged_object_ids,
        _is_latest, least(_changed_at, _loaded_at) as _known_from,
        coalesce(createdate, "createdAt") as _created_at
    from {{ landing_versions('hubspot', 'deals') }}
    where not _is_deleted
),

dated as (
    select
        *,
        min(_known_from) over (partition by object_type, _source_instance, id) as _first_known_from
    from records
),

parts as (
    select
        object_type,
        _source_instance,
        id as merged_into_id,
        _changed_at,
        _is_latest,
        -- it was never seen without them: made by the merge
        case
            when _known_from = _first_known_from then least(_known_from, coalesce(_created_at, _known_from))
            else _known_from
        end as _known_from,
        trim({{ rows_of_list('hs_merged_object_ids', ';') }}) as merged_id
    from dated
),

made as (
    select
        object_type,
        _source_instance,
        id,
        min(_created_at) as created_at
    from records
    where _created_at is not null
    group by object_type, _source_instance, id
),

-- tables that Fivetran fills list the merges apart, and of deals not since when
every_merge as (
    select object_type, _source_instance, merged_into_id, _changed_at, _is_latest, _known_from, merged_id
    from parts
    union all
    select
        listed."objectType" as object_type,
        listed._source_instance,
        listed."mergedIntoId" as merged_into_id,
        listed._changed_at,
        true as _is_latest,
        least(coalesce(listed."mergedAt", listed._changed_at), made.created_at) as _known_from,
        listed."mergedId" as merged_id
    from {{ landing_latest('hubspot', 'merges') }} as listed
    left join made
        on
        listed."objectType" = made.object_type
        and listed._source_instance = made._source_instance
        and listed."mergedIntoId" = made.id
),

ranked as (
    select
        *,
        row_number() over (
            partition by object_type, _source_instance, merged_id
            order by _is_latest desc, _changed_at desc, merged_into_id asc
        ) as recency,
        min(_known_from) over (partition by object_type, _source_instance, merged_id) as merged_at
    from every_merge
    where merged_id <> '' and merged_id <> merged_into_id
)

select
    object_type,
    _source_instance,
    merged_id,
    merged_into_id,
    -- first heard of after as_of: nobody knows when
    case when merged_at <= {{ as_of() }} then merged_at end as merged_at
from ranked
where recency = 1 and _is_latest
