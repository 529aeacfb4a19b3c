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

every_rule as (

    select * from rules
    union all
    select * from unconverted

)

select
    source_instance,
    table_name as "table",
    column_or_rule,
    is_evaluated,
    case when not is_evaluated then reason end as reason
from every_rule
