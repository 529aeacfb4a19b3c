with records as (
    select * from {{ landing_latest('planning', 'holidays') }}
),

final as (
    select
        "date" as holiday_on,
        name as holiday_name,
        {{ record_origin() }}
    from records
)

select * from final
