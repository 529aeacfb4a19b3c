{#- where money comes from: relation, its native amount, the table and column that lack what has no rate -#}
{%- set money = [
    ('int_invoices_resolved', 'amount', 'native_amount', 'invoiced_on', 'rpt_key_accounts', 'revenue_amount'),
    ('int_invoices_resolved', 'amount', 'native_amount', 'invoiced_on', 'rpt_new_vs_attrition', 'revenue_amount'),
    ('int_invoices_resolved', 'amount', 'native_amount', 'invoiced_on', 'rpt_fake_sales', 'invoiced_amount'),
    ('int_payments_resolved', 'amount', 'native_amount', 'paid_on', 'rpt_fake_sales', 'paid_amount'),
    ('int_account_costs_resolved', 'cost_amount', 'native_cost_amount', 'month_start', 'rpt_key_accounts', 'cost_amount'),
    ('int_quotas_resolved', 'quota_amount', 'native_quota_amount', 'period_start', 'fct_quotas', 'quota_amount'),
] %}
with

rules as (

    select
        source_instance,
        table_name,
        column_or_rule,
        is_evaluated,
        reason
    from {{ ref('int_rules_evaluated') }}

),

-- money without an exchange rate
unconverted as (

    select
        source_instance,
        'fct_opportunity_versions' as table_name,
        'amount ' || currency as column_or_rule,
        false as is_evaluated,
        'No exchange rate for ' || currency || ' before '
        || cast(max(valid_from_date) as varchar) || ': its amounts are left out' as reason
    from {{ ref('int_opportunity_versions') }}
    where amount is null and amount_native is not null
    group by source_instance, currency

),

unconverted_money as (

    {% for relation, amount, native_amount, day, table, column in money -%}
        select
            source_instance,
            '{{ table }}' as table_name,
            '{{ column }} ' || currency as column_or_rule,
            false as is_evaluated,
            'No exchange rate for ' || currency || ' on '
            || cast(max({{ day }}) as varchar) || ': its amounts are left out' as reason
        from {{ ref(relation) }}
        where {{ amount }} is null and {{ native_amount }} is not null
        group by source_instance, currency
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

every_rule as (

    select * from rules
    union all
    select * from unconverted
    union all
    select * from unconverted_money

)

select
    source_instance,
    table_name as "table",
    column_or_rule,
    is_evaluated,
    case when not is_evaluated then reason end as reason
from every_rule
