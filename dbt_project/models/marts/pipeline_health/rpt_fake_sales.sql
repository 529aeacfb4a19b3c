with

flags as (

    select * from {{ ref('fct_deal_flags') }}
    where flag in ('fake_sale_no_amount', 'fake_sale_giveaway', 'fake_sale_unpaid')

),

deals as (

    select * from {{ ref('fct_opportunities') }}
    where outcome = 'won'

),

billed as (

    select * from {{ ref('int_deal_billing') }}

),

features as (

    select * from {{ ref('int_source_features') }}

)

select
    flags.opportunity_id,
    flags.flag,
    deals.source_system,
    deals.source_instance,
    deals.owner_id,
    deals.account_id,
    deals.segment,
    deals.closed_at,
    deals.amount,
    deals.amount_native,
    deals.currency,
    deals.list_amount,
    case
        when deals.discount_rate is not null then cast(deals.discount_rate as double)
        when deals.list_amount > 0 then round(cast(1 - deals.amount / deals.list_amount as double), 6)
    end as discount_rate,
    -- landed and none is zero; never landed, or without an exchange rate, is unknown
    case
        when not features.has_invoices then null
        when coalesce(billed.invoices, 0) = 0 then 0
        else billed.invoiced_amount
    end as invoiced_amount,
    case
        when not features.has_payments then null
        when coalesce(billed.payments, 0) = 0 then 0
        else billed.paid_amount
    end as paid_amount,
    flags.severity,
    flags.since,
    flags.evidence,
    flags.evidence_values,
    {{ as_of() }} as as_of
from flags
inner join deals on flags.opportunity_id = deals.opportunity_id
inner join features on deals.source_instance = features.source_instance
left join billed on flags.opportunity_id = billed.opportunity_id
