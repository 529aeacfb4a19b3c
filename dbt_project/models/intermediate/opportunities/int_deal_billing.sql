-- Grain: won deal with an invoice, and what was invoiced and paid for it: an invoice names the deal, or
-- only its account after the win or shortly before it, since a deal may be closed late. Where it names the
-- account as several are called, it may be of any of them: there is an invoice, and its amount is not known.
-- Whether anything is left of it is asked in the currency of the invoices: a credit note of a later month
-- takes back all of an invoice, though at another exchange rate.
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

invoices as (
    select * from {{ ref('int_invoices_resolved') }}
),

found as (
    select
        deals.opportunity_id,
        invoices.invoice_id,
        invoices.invoiced_on,
        invoices.currency,
        invoices.native_amount,
        invoices.amount,
        true as is_certain
    from deals
    inner join invoices on deals.opportunity_id = invoices.opportunity_id
    union all
    select
        deals.opportunity_id,
        invoices.invoice_id,
        invoices.invoiced_on,
        invoices.currency,
        invoices.native_amount,
        invoices.amount,
        true as is_certain
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
        invoices.invoice_id,
        invoices.invoiced_on,
        invoices.currency,
        cast(null as decimal(18, 2)) as native_amount,
        cast(null as decimal(18, 2)) as amount,
        false as is_certain
    from deals
    inner join {{ ref('int_accounts_meant') }} as meant on deals.account_id = meant.account_id
    inner join invoices
        on
        meant.account_text = {{ account_text('invoices.account_ref') }}
        and deals.invoiced_from <= invoices.invoiced_on
    left join found on deals.opportunity_id = found.opportunity_id
    where invoices.opportunity_id is null and found.opportunity_id is null
),

billed as (
    select * from found
    union all
    select * from possible
),

paid as (
    select
        billed.opportunity_id,
        payments.currency,
        case when billed.is_certain then payments.native_amount end as native_amount,
        case when billed.is_certain then payments.amount end as amount
    from billed
    inner join {{ ref('int_payments_resolved') }} as payments on billed.invoice_id = payments.invoice_id
),

{% for kind in ['billed', 'paid'] -%}
    {{ kind }}_by_currency as (
        select
            opportunity_id,
            count(*) as n,
            -- a part of what was {{ kind }} is not what was {{ kind }}
            case when count(native_amount) = count(*) then sum(native_amount) end as native_amount,
            case
                when count(native_amount) < count(*) then null
                when sum(native_amount) = 0 then 0
                when count(amount) < count(*) then null
                when sum(native_amount) < 0 then least(sum(amount), 0)
                else sum(amount)
            end as amount
        from {{ kind }}
        group by opportunity_id, currency
    ),

    {{ kind }}_in_all as (
        select
            opportunity_id,
            sum(n) as n,
            case when count(amount) = count(*) then sum(amount) end as amount,
            case
                when count(case when native_amount > 0 then 1 end) > 0 then true
                when count(native_amount) = count(*) then false
            end as is_positive
        from {{ kind }}_by_currency
        group by opportunity_id
    ),

{% endfor -%}
last_invoices as (
    select
        opportunity_id,
        max(invoiced_on) as last_invoiced_on
    from billed
    group by opportunity_id
)

select
    billed_in_all.opportunity_id,
    cast(billed_in_all.n as bigint) as invoices,
    last_invoices.last_invoiced_on,
    coalesce(cast(paid_in_all.n as bigint), 0) as payments,
    {{ to_money('billed_in_all.amount') }} as invoiced_amount,
    {{ to_money('paid_in_all.amount') }} as paid_amount,
    billed_in_all.is_positive as is_invoiced,
    case when paid_in_all.n > 0 then paid_in_all.is_positive else false end as is_paid
from billed_in_all
inner join last_invoices on billed_in_all.opportunity_id = last_invoices.opportunity_id
left join paid_in_all on billed_in_all.opportunity_id = paid_in_all.opportunity_id
