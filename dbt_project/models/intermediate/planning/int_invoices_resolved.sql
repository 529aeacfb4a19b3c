-- Grain: invoice. Money at the rate of the month of the invoice.
with invoices as (
    {{ union_by_name(
        ['select * from ' ~ ref('stg_planning__invoices')]
        + (['select * from ' ~ ref('stg_zoho__invoices')] if is_enabled('zoho') else [])
    ) }}
),

accounts as (
    select * from {{ ref('int_accounts_named') }}
),

opportunities as (
    select
        deals.opportunity_id,
        deals.account_id,
        deals.source_system,
        {{ native_id('deals', 'opportunity_id') }} as native_id
    from {{ ref('int_opportunities_resolved') }} as deals
),

-- a planning file gives the deal's id, with or without the instance before it, of Salesforce's also as its
-- reports show it
native_ids as (
    select
        lower(native_id) as native_id,
        opportunity_id
    from opportunities
    union
    select
        lower({{ salesforce_short_id('native_id') }}) as native_id,
        opportunity_id
    from opportunities
    where source_system = 'salesforce'
),

deals_by_native_id as (
    select
        native_id,
        min(opportunity_id) as opportunity_id
    from native_ids
    group by 1
    having count(*) = 1
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

referred as (
    select
        invoices.invoice_id,
        invoices.source_instance,
        invoices.source_system,
        invoices.account_ref,
        invoices.opportunity_ref,
        invoices.invoiced_on,
        invoices.invoiced_amount,
        coalesce(invoices.currency, {{ reporting_currency() }}) as currency,
        accounts.account_id,
        coalesce(opportunities.opportunity_id, deals_by_native_id.opportunity_id) as opportunity_id
    from invoices
    left join accounts on {{ account_text('invoices.account_ref') }} = accounts.account_text
    left join opportunities on invoices.opportunity_ref = opportunities.opportunity_id
    left join deals_by_native_id on lower(invoices.opportunity_ref) = deals_by_native_id.native_id
    where invoices.invoiced_on <= cast({{ utc_to_local(as_of(), reporting_time_zone()) }} as date)
),

final as (
    select
        referred.invoice_id,
        referred.source_instance,
        referred.source_system,
        referred.account_ref,
        referred.opportunity_ref,
        coalesce(referred.account_id, opportunities.account_id) as account_id,
        referred.opportunity_id,
        referred.invoiced_on,
        referred.currency,
        {{ to_money('referred.invoiced_amount') }} as native_amount,
        {{ to_money(convert('referred.invoiced_amount', 'rates.rate')) }} as amount
    from referred
    left join opportunities on referred.opportunity_id = opportunities.opportunity_id
    left join rates
        on referred.currency = rates.currency
        and referred.invoiced_on >= rates.valid_from
        and referred.invoiced_on < rates.valid_to
)

select * from final
