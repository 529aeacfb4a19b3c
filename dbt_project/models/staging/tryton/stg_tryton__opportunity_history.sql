with revisions as (
    select * from {{ landing_latest('tryton', 'opportunity_revisions') }}
),

final as (
    select
        {{ record_id('_source_instance', '_record_key') }} as history_id,
        {{ record_id('_source_instance', 'id') }} as opportunity_id,
        revised_by as changed_by_id,
        state as stage,
        amount,
        conversion_probability as probability,
        end_date as close_date,
        employee as owner_id,
        {{ record_origin() }}
    from revisions
)

select * from final
