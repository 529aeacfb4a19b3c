-- Grain: won deal with an invoice, and what was invoiced and paid for it: an invoice names the deal, or
-- only its account after the win or shortly before it, since a deal may be closed late. Where it names the
-- account as several are called, it may be of any of them: there is an invoice, and its amount is not known.
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
        -- a part of what was paid is not what was paid
        case when count(amount) = count(*) then sum(amount) end as paid_amount,
        count(*) as payments
    from {{ ref('int_payments_resolved') }}
    group by invoice_id
),

invoices as (
    select
        invoices.*,
        paid.paid_amount,
        paid.payments
    from {{ ref('int_invoices_resolved') }} as invoices
    left join paid on invoices.invoice_id = paid.invoice_id
),

found as (
    select
        deals.opportunity_id,
        invoices.invoiced_on,
        invoices.amount,
        invoices.paid_amount,
        invoices.payments
    from deals
    inner join invoices on deals.opportunity_id = invoices.opportunity_id
    union all
    select
        deals.opportunity_id,
        invoices.invoiced_on,
        invoices.amount,
        invoices.paid_amount,
        invoices.payments
    from deals
    inner join invoices
        on
        deals.account_id = invoices.account_id
        and deals.invoiced_from <= invoices.invoiced_on
    where invoices.opportunity_id is null
),

possible as (
    select
        deals.opportunity_id,
        invoices.invoiced_on,
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as paid_amount,
        invoices.payments
    from deals
    inner join {{ ref('int_accounts_meant') }} as meant on deals.account_id = meant.account_id
    inner join invoices
        on
        meant.account_text = {{ account_text('invoices.account_ref') }}
        and deals.invoiced_from <= invoices.invoiced_on
    left join found on deals.opportunity_id = found.opportunity_id
    where invoices.opportunity_id is null and found.opportunity_id is null
)

select
    opportunity_id,
    count(*) as invoices,
    max(invoiced_on) as last_invoiced_on,
    coalesce(cast(sum(payments) as bigint), 0) as payments,
    case when count(amount) = count(*) then {{ to_money('sum(amount)') }} end as invoiced_amount,
    case when count(paid_amount) = count(payments) then {{ to_money('sum(paid_amount)') }} end as paid_amount
from (
    select * from found
    union all
    select * from possible
) as invoiced
group by opportunity_id
