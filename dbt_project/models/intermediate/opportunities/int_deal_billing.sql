-- Grain: won deal with an invoice, and what was invoiced and paid for it: an invoice names the deal, or
-- only its account after the win or shortly before it, since a deal may be closed late.
with deals as (
    select
        opportunity_id,
        account_id,
        cast({{ dbt.dateadd(
            'day',
            '-cast(' ~ deal_limit('fake_sale_unpaid', 'days_before') ~ ' as integer)',
            reporting_date('closed_at')
        ) }} as date) as invoiced_from
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won'
),

paid as (
    select
        invoice_id,
        sum(amount) as paid_amount
    from {{ ref('int_payments_resolved') }}
    group by invoice_id
),

invoices as (
    select
        invoices.*,
        paid.paid_amount
    from {{ ref('int_invoices_resolved') }} as invoices
    left join paid on invoices.invoice_id = paid.invoice_id
),

found as (
    select
        deals.opportunity_id,
        invoices.amount,
        invoices.paid_amount
    from deals
    inner join invoices on deals.opportunity_id = invoices.opportunity_id
    union all
    select
        deals.opportunity_id,
        invoices.amount,
        invoices.paid_amount
    from deals
    inner join invoices
        on
        deals.account_id = invoices.account_id
        and deals.invoiced_from <= invoices.invoiced_on
    where invoices.opportunity_id is null
)

select
    opportunity_id,
    count(*) as invoices,
    {{ to_money('sum(amount)') }} as invoiced_amount,
    {{ to_money('sum(paid_amount)') }} as paid_amount
from found
group by opportunity_id
