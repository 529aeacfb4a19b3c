-- noqa: disable=LT01,LT02,LT06 (written by loops)
-- Grain: source instance × object × field × reason why texts about when a rep works cannot be read:
-- a time zone that the database does not know (a Windows name, a city, an offset), working days
-- that are not understood as a whole, or a time of the day that is none. Another zone of the rep,
-- else the reporting zone, Monday to Friday, nine o'clock and as long as the hours last stand in.
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
),

unreadable as (
    select
        source_instance,
        source_system,
        object,
        'time_zone' as field,
        'unknown_time_zone' as reason
    from zones
    where time_zone is not null and not {{ is_time_zone('time_zone') }}
    union all
    select
        hours.source_instance,
        hours.source_system,
        'working_hours' as object,
        'work_days' as field,
        'unknown_work_days' as reason
    from {{ ref('stg_planning__working_hours') }} as hours
    left join {{ ref('int_work_days_named') }} as named on hours.work_days = named.work_days
    where hours.work_days is not null and named.work_days is null
    {%- for field in ['work_start', 'work_end'] %}
    union all
    select
        source_instance,
        source_system,
        'working_hours' as object,
        '{{ field }}' as field,
        'unknown_time_of_day' as reason
    from {{ ref('stg_planning__working_hours') }}
    where {{ field }} is not null and {{ parse_time_of_day(field) }} is null
    {%- endfor %}
)

select
    source_instance,
    source_system,
    object,
    field,
    reason,
    count(*) as problem_count
from unreadable
group by source_instance, source_system, object, field, reason
