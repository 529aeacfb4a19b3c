with versions as (
    select * from {{ landing_versions('tryton', 'opportunities') }}
),

final as (
    select
        {{ record_id('_source_instance', 'id') }} as opportunity_id,
        {{ record_id('_source_instance', 'party') }} as account_id,
        employee as owner_id,

        coalesce(description, number) as opportunity_name,
        state as stage,
        lost_reason as loss_reason,
        "currency.code" as currency,

        amount,
        conversion_probability as probability,

        state in ('won', 'lost', 'cancelled') as is_closed,
        state = 'won' as is_won,

        end_date as close_date,
        create_date as created_at,
        coalesce(write_date, create_date) as modified_at,

        _is_latest as is_latest,
        _is_deleted as is_deleted,
        {{ record_origin() }}
    from versions
)

select * from final
