-- Grain: invoice × payment of it (null where unpaid), under the instance of the CRM whose account or
-- deal was billed.
with invoices as (
    select * from {{ ref('int_invoices_resolved') }}
),

payments as (
    select * from {{ ref('int_payments_resolved') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

final as (
    select
        accounts.source_instance,
        accounts.account_id,
        invoices.invoice_id,
        invoices.invoiced_on,
        payments.payment_id
    from invoices
    inner join accounts on invoices.account_id = accounts.account_id
    left join payments on invoices.invoice_id = payments.invoice_id
)

select * from final
