-- Grain: source instance × object with time zones that the database does not know (a Windows name, a city, an
-- offset). Such a zone is none: another one of the rep, else the reporting zone, stands in.
with zones as (
    select
        source_instance,
        source_system,
        'users' as object,
        time_zone
    from {{ ref('int_users_unioned') }}
    union all
    select
        source_instance,
        source_system,
        'working_hours' as object,
        time_zone
    from {{ ref('stg_planning__working_hours') }}
)

select
    source_instance,
    source_system,
    object,
    'time_zone' as field,
    'unknown_time_zone' as reason,
    count(*) as problem_count
from zones
where time_zone is not null and not {{ is_time_zone('time_zone') }}
group by source_instance, source_system, object
