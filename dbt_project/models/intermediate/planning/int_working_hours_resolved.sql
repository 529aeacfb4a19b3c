-- Grain: rep × time in which working hours hold; half-open days. A time or a zone that cannot be read is null
-- (int_unreadable_schedules lists them): converting with an unknown zone would end the build. Without
-- days that are understood Monday to Friday.
with working_hours as (
    select
        reps.rep_id,
        hours.hours_per_week,
        case when {{ is_time_zone('hours.time_zone') }} then hours.time_zone end as time_zone,
        {{ parse_time_of_day('hours.work_start') }} as work_start,
        {{ parse_time_of_day('hours.work_end') }} as work_end,
        hours.work_days,
        coalesce(named.day_names, 'mon tue wed thu fri') as day_names,
        coalesce(hours.valid_from, date '1900-01-01') as valid_from,
        hours.loaded_at
    from {{ ref('stg_planning__working_hours') }} as hours
    inner join {{ ref('int_reps_matched') }} as reps
        on hours.source_instance = reps.source_instance and hours.rep_ref = reps.owner_ref
    left join {{ ref('int_work_days_named') }} as named on hours.work_days = named.work_days
),

ranked as (
    select
        *,
        row_number() over (
            partition by rep_id, valid_from
            order by
                loaded_at desc, hours_per_week asc, time_zone asc, work_start asc, work_end asc, work_days asc
        ) as position
    from working_hours
),

one_per_day as (
    select * from ranked
    where position = 1
),

final as (
    select
        rep_id,
        hours_per_week,
        time_zone,
        work_start,
        work_end,
        day_names,
        valid_from,
        {{ valid_until('rep_id') }} as valid_to
    from one_per_day
)

select * from final
