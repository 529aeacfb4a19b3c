-- Grain: account × day with sales × currency; `unconverted` of them are in a currency without a rate and not
-- in the amount. Invoices where any of an account has landed, else the amounts of won deals on the day
-- of the win: one basis for all, since adding both would count money twice. An invoice of nobody known is no
-- basis: it would take the deals' amounts away and bring nothing.
with invoices as (
    select
        account_id,
        invoiced_on as sold_on,
        currency,
        amount,
        native_amount
    from {{ ref('int_invoices_resolved') }}
    where account_id is not null and coalesce(amount, native_amount) is not null
),

deals as (
    select
        account_id,
        {{ reporting_date('closed_at') }} as sold_on,
        currency,
        amount,
        amount_native as native_amount
    from {{ ref('int_opportunities_current') }}
    where outcome = 'won'
),

sales as (
    select
        *,
        'invoices' as basis
    from invoices
    union all
    select
        *,
        'won_amounts' as basis
    from deals
    where not exists (select 1 from invoices)
)

select
    account_id,
    sold_on,
    basis,
    currency,
    sum(amount) as amount,
    sum(native_amount) as native_amount,
    count(case when amount is null then 1 end) as unconverted
from sales
where account_id is not null and sold_on is not null and coalesce(amount, native_amount) is not null
group by account_id, sold_on, basis, currency
