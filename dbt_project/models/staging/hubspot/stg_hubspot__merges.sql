-- Records that were merged into another: they vanish from HubSpot without being archived, so that
-- landing still holds them. Grain: kind of record × record that is no more.
with records as (
    select 'contacts' as object_type, _source_instance, id, _changed_at, hs_merged_object_ids
    from {{ landing_latest('hubspot', 'contacts') }}
    union all
    select 'companies' as object_type, _source_instance, id, _changed_at, hs_merged_object_ids
    from {{ landing_latest('hubspot', 'companies') }}
    union all
    select 'deals' as object_type, _source_instance, id, _changed_at, hs_merged_object_ids
    from {{ landing_latest('hubspot', 'deals') }}
),

parts as (
    select
        object_type,
        _source_instance,
        id as merged_into_id,
        _changed_at,
        trim({{ rows_of_list('hs_merged_object_ids', ';') }}) as merged_id
    from records
),

-- tables that Fivetran fills list the merges apart
every_merge as (
    select object_type, _source_instance, merged_into_id, _changed_at, merged_id
    from parts
    union all
    select
        "objectType" as object_type,
        _source_instance,
        "mergedIntoId" as merged_into_id,
        _changed_at,
        "mergedId" as merged_id
    from {{ landing_latest('hubspot', 'merges') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by object_type, _source_instance, merged_id
            order by _changed_at desc, merged_into_id asc
        ) as recency
    from every_merge
    where merged_id <> '' and merged_id <> merged_into_id
)

select
    object_type,
    _source_instance,
    merged_id,
    merged_into_id
from ranked
where recency = 1
