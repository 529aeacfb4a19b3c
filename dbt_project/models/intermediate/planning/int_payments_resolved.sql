-- Grain: payment up to as_of. Money at the rate of the month of the payment.
with payments as (
    select * from {{ ref('stg_planning__payments') }}
    where paid_on <= cast({{ utc_to_local(as_of(), reporting_time_zone()) }} as date)
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

final as (
    select
        payments.payment_id,
        payments.invoice_id,
        payments.source_instance,
        payments.paid_on,
        coalesce(payments.currency, {{ reporting_currency() }}) as currency,
        {{ to_money('payments.paid_amount') }} as native_amount,
        {{ to_money(convert('payments.paid_amount', 'rates.rate')) }} as amount
    from payments
    left join rates
        on coalesce(payments.currency, {{ reporting_currency() }}) = rates.currency
        and payments.paid_on >= rates.valid_from
        and payments.paid_on < rates.valid_to
)

select * from final
