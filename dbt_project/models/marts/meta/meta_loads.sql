with

loads as (

    select * from {{ build_values('loads') }} as loads

),

sources as (

    select * from {{ ref('int_build_sources') }}

)

select
    loads.source_instance,
    loads.system,
    loads.object,
    loads.read_count,
    loads.unchanged_count,
    loads.extracted_count,
    loads.landed_count,
    loads.rejected_count,
    loads.deleted_count,
    loads.loaded_at,
    sources.required as is_required,
    sources.max_staleness_days,
    sources.is_stale
from loads
left join sources on loads.source_instance = sources.source_instance
