-- Grain: account × month × currency. Money at the rate of the month.
with costs as (
    select * from {{ ref('stg_planning__account_costs') }}
),

accounts as (
    select * from {{ ref('int_accounts_named') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

final as (
    select
        accounts.account_id,
        costs.month_start,
        coalesce(costs.currency, {{ reporting_currency() }}) as currency,
        {{ to_money('sum(costs.cost_amount)') }} as native_cost_amount,
        {{ to_money('sum(' ~ convert('costs.cost_amount', 'rates.rate') ~ ')') }} as cost_amount,
        min(costs.source_instance) as source_instance
    from costs
    inner join accounts on {{ account_text('costs.account_ref') }} = accounts.account_text
    left join rates
        on coalesce(costs.currency, {{ reporting_currency() }}) = rates.currency
        and costs.month_start >= rates.valid_from
        and costs.month_start < rates.valid_to
    group by 1, 2, 3
)

select * from final
