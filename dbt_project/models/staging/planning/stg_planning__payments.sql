with records as (
    select * from {{ landing_latest('planning', 'payments') }}
),

final as (
    select
        {{ record_id('_source_instance', 'coalesce(payment_id, _record_key)') }} as payment_id,
        {{ record_id('_source_instance', 'invoice_id') }} as invoice_id,
        paid_on,
        amount as paid_amount,
        {{ currency_code('currency') }} as currency,
        {{ record_origin() }}
    from records
)

select * from final
