-- Grain: won deal × rule about whether it was a sale that could be judged.
with deals as (
    select * from {{ ref('int_opportunities_current') }}
    where outcome = 'won'
),

benchmarks as (
    select * from {{ ref('int_deal_benchmarks') }}
),

billed as (
    select * from {{ ref('int_deal_billing') }}
),

-- before the first invoice that landed nobody knows what was invoiced
covered as (
    select
        source_instance,
        min(invoiced_on) as invoices_from
    from {{ ref('int_account_billing') }}
    group by source_instance
),

joined as (
    select
        deals.*,
        covered.invoices_from,
        benchmarks.amount_n,
        benchmarks.amount_p50,
        benchmarks.amount_basis,
        billed.invoices,
        -- an invoice that a credit note takes back is none; a payment that was kept is one all the same
        coalesce(billed.invoices, 0) = 0
        or coalesce(not billed.is_invoiced and not billed.is_paid, false) as is_unbilled,
        case
            when deals.discount_rate is not null then deals.discount_rate
            when deals.list_amount > 0 then 1 - deals.amount / deals.list_amount
        end as given_rate,
        {{ dbt.dateadd('day', deal_limit('fake_sale_unpaid', 'days'), 'deals.closed_at') }} as due_at,
        billed.last_invoiced_on
    from deals
    left join benchmarks on deals.segment = benchmarks.segment
    left join billed on deals.opportunity_id = billed.opportunity_id
    left join covered on deals.source_instance = covered.source_instance
),

fake_sale_no_amount as (
    select
        {{ deal_check(
            'fake_sale_no_amount',
            'amount_native is null or amount_native <= 0 or coalesce(amount_n >= '
            ~ deal_limit('fake_sale_no_amount', 'min_won_deals') ~ ' and amount <= amount_p50 * '
            ~ deal_limit('fake_sale_no_amount', 'share_of_p50') ~ ', false)',
            'closed_at',
            "case when amount_native is null then 'Won without an amount'
            else 'Won for ' || cast(amount_native as varchar) || ' ' || currency end
            || coalesce('; half of the won deals of ' || amount_basis || ' were above ' || "
            ~ money_text('amount_p50') ~ ", '')",
            {'amount': 'amount', 'amount_p50': 'amount_p50', 'n': 'amount_n'}
        ) }}
    from joined
),

fake_sale_giveaway as (
    select
        {{ deal_check(
            'fake_sale_giveaway',
            'given_rate >= ' ~ deal_limit('fake_sale_giveaway', 'discount_rate'),
            'closed_at',
            "'Won at a discount of ' || cast(cast(given_rate * 100 as decimal(18, 1)) as varchar) || ' %'
            || coalesce(': list price ' || " ~ money_text('list_amount') ~ " || ', sold for ' || "
            ~ money_text('amount') ~ ", '')",
            {'discount_rate': 'cast(given_rate as decimal(9, 4))', 'list_amount': 'list_amount', 'amount': 'amount'}
        ) }}
    from joined
    where given_rate is not null
),

fake_sale_unpaid as (
    select
        {{ deal_check(
            'fake_sale_unpaid',
            'is_unbilled',
            "greatest(due_at, coalesce(cast(last_invoiced_on as timestamp), due_at))",
            "'Won on ' || cast(" ~ reporting_date('closed_at') ~ " as varchar) || ', '
            || " ~ days_text(dbt.datediff(reporting_date('closed_at'), as_of_date(), 'day')) ~ "
            || case
                when invoices > 0 then ' ago, and what was invoiced adds up to nothing'
                else ' ago, and there is neither an invoice nor a payment'
            end",
            {'closed_at': 'closed_at', 'amount': 'amount'}
        ) }}
    from joined
    -- a deal that nothing connects to invoices is not unpaid
    where
        due_at <= {{ as_of() }}
        and (
            invoices > 0
            or (account_id is not null and {{ reporting_date('closed_at') }} >= invoices_from)
        )
)

{% for flag in ['fake_sale_no_amount', 'fake_sale_giveaway', 'fake_sale_unpaid'] -%}
    select * from {{ flag }}
    {{ 'union all' if not loop.last }}
{% endfor %}
