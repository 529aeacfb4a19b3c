with records as (
    select * from {{ landing_latest('planning', 'working_hours') }}
),

final as (
    select
        rep as rep_ref,
        hours_per_week,
        time_zone,
        work_start,
        work_end,
        work_days,
        valid_from,
        {{ record_origin() }}
    from records
)

select * from final
