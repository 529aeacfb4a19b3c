-- Grain: rep × half hour of the rep's working time within the trailing measured cycle. Slots begin on the
-- half hours of the rep's own clock and lie wholly between the start and the end of work. `slot_hours` is
-- the slot's part of the week's hours, at most its own length: a day from 9 to 18 with 8 hours has a break.
-- An end before the start is one of the next day.
with windows as (
    select
        cycles.rep_id,
        reps.time_zone as rep_time_zone,
        reps.hired_on,
        {{ as_of() }} as window_end,
        {{ dbt.dateadd('day', '-greatest(1, cast(ceil(cycles.measured_cycle_days) as integer))', as_of()) }}
            as window_start
    from {{ ref('int_rep_cycles') }} as cycles
    inner join {{ ref('int_reps_resolved') }} as reps on cycles.rep_id = reps.rep_id
    where cycles.measured_cycle_days is not null
),

days as (
    select
        rep_id,
        rep_time_zone,
        hired_on,
        window_start,
        window_end,
        {{ days_of_span(
            'cast(' ~ utc_to_local('window_start', 'rep_time_zone') ~ ' as date)',
            'cast(' ~ utc_to_local('window_end', 'rep_time_zone') ~ ' as date)'
        ) }} as date_day
    from windows
),

holidays as (
    select distinct holiday_on from {{ ref('stg_planning__holidays') }}
),

-- without hours eight a day, 40 a week at most; without a start nine o'clock; without an end as long as these
-- last
counted as (
    select
        hours.*,
        {% for weekday in weekday_names() -%}
            case when hours.day_names like '%{{ weekday }}%' then 1 else 0 end{{ ' + ' if not loop.last }}
        {%- endfor %} as day_count
    from {{ ref('int_working_hours_resolved') }} as hours
    where coalesce(hours.hours_per_week, 40) > 0
),

workdays as (
    select
        days.rep_id,
        days.date_day,
        days.window_start,
        days.window_end,
        coalesce(counted.time_zone, days.rep_time_zone) as time_zone,
        coalesce(60.0 * counted.hours_per_week / counted.day_count, least(480, 2400.0 / counted.day_count))
            as day_minutes,
        coalesce(extract(hour from counted.work_start) * 60 + extract(minute from counted.work_start), 540)
            as start_minute,
        extract(hour from counted.work_end) * 60 + extract(minute from counted.work_end) as end_minute
    from days
    inner join counted
        on
        days.rep_id = counted.rep_id
        and days.date_day >= counted.valid_from
        and days.date_day < counted.valid_to
        and (
            {%- for weekday in weekday_names() %}
                (
                    extract(isodow from days.date_day) = {{ loop.index }}
                    and counted.day_names like '%{{ weekday }}%'
                )
                {{- ' or' if not loop.last }}
            {%- endfor %}
        )
    left join holidays on days.date_day = holidays.holiday_on
    where
        counted.day_count > 0
        and holidays.holiday_on is null
        -- nobody works before the first day
        and coalesce(days.date_day >= days.hired_on, true)
),

half_hours as (
    select 30 * {{ rows_of_numbers(96) }} as slot_minute
),

slots as (
    select
        workdays.*,
        {{ dbt.dateadd('minute', 'half_hours.slot_minute', 'cast(workdays.date_day as timestamp)') }}
            as slot_local,
        count(*) over (partition by workdays.rep_id, workdays.date_day) as day_slots
    from workdays
    inner join half_hours
        on
        workdays.start_minute <= half_hours.slot_minute
        and half_hours.slot_minute + 30 <= case
            when workdays.end_minute > workdays.start_minute then workdays.end_minute
            when workdays.end_minute < workdays.start_minute then workdays.end_minute + 1440
            else workdays.start_minute + least(workdays.day_minutes, 1440)
        end
),

-- once for all reps of a zone: the conversion is the dearest part
moments as (
    select
        time_zone,
        slot_local,
        {{ local_to_utc('slot_local', 'time_zone') }} as slot_start_at
    from slots
    group by time_zone, slot_local
),

placed as (
    select
        slots.rep_id,
        slots.date_day,
        slots.window_start,
        slots.window_end,
        moments.slot_start_at,
        least(0.5, cast(slots.day_minutes as double) / 60 / slots.day_slots) as slot_hours,
        -- where a night's shift meets the next day's, or the clock is put forward
        row_number() over (
            partition by slots.rep_id, moments.slot_start_at order by slots.date_day, slots.slot_local
        ) as position
    from slots
    inner join moments on slots.time_zone = moments.time_zone and slots.slot_local = moments.slot_local
)

select
    rep_id,
    date_day,
    slot_start_at,
    {{ dbt.dateadd('minute', 30, 'slot_start_at') }} as slot_end_at,
    slot_hours
from placed
where
    position = 1
    and slot_start_at >= window_start
    and {{ dbt.dateadd('minute', 30, 'slot_start_at') }} <= window_end
