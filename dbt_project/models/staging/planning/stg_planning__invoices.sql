with records as (
    select * from {{ landing_latest('planning', 'invoices') }}
),

final as (
    select
        {{ record_id('_source_instance', 'invoice_id') }} as invoice_id,
        account as account_ref,
        opportunity as opportunity_ref,
        invoiced_on,
        amount as invoiced_amount,
        {{ currency_code('currency') }} as currency,
        {{ record_origin() }}
    from records
)

select * from final
