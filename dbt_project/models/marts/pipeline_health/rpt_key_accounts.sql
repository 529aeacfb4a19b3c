{%- set measures = ['revenue_amount', 'discount_rate', 'effort_hours', 'margin_amount', 'margin_per_hour'] %}
with

quarters as (

    select * from {{ ref('int_key_account_quarters') }}

),

efforts_known as (

    select source_instance
    from {{ ref('int_rules_evaluated') }}
    where table_name = 'rpt_key_accounts' and column_or_rule = 'effort_hours' and is_evaluated

),

measured as (

    select
        quarters.account_id,
        quarters.fiscal_quarter,
        quarters.fiscal_quarter_start,
        quarters.is_complete,
        quarters.list_amount,
        quarters.cost_amount,
        case when not quarters.is_revenue_unknown then coalesce(quarters.revenue_amount, 0) end
            as revenue_amount,
        case when quarters.list_amount > 0 then 1 - quarters.won_amount / quarters.list_amount end
            as discount_rate,
        case when efforts_known.source_instance is not null then coalesce(quarters.effort_hours, 0) end
            as effort_hours,
        -- where what it cost or brought is not known, neither is what it leaves
        case when not quarters.is_revenue_unknown then coalesce(quarters.revenue_amount, 0) end
        - quarters.cost_amount as margin_amount
    from quarters
    left join efforts_known on quarters.source_instance = efforts_known.source_instance

),

rated as (

    select
        *,
        case when effort_hours > 0 then margin_amount / effort_hours end as margin_per_hour
    from measured

),

medians as (

    select
        fiscal_quarter_start,
        {{ quantile('margin_per_hour', 0.5) }} as median_margin_per_hour
    from rated
    group by fiscal_quarter_start

),

-- a quarter that is not over says nothing against a whole one
compared as (

    select
        rated.*,
        rated.margin_per_hour < medians.median_margin_per_hour as is_in_bottom_half,
    {%- for measure in measures %}
        case when rated.is_complete then rated.{{ measure }} - before.{{ measure }} end
            as {{ measure }}_change
        {{- "," if not loop.last }}
    {%- endfor %}
    from rated
    inner join medians on rated.fiscal_quarter_start = medians.fiscal_quarter_start
    left join rated as before
        on
        rated.account_id = before.account_id
        and rated.fiscal_quarter_start = {{ dbt.dateadd('year', 1, 'before.fiscal_quarter_start') }}

)

select
    account_id,
    fiscal_quarter,
    fiscal_quarter_start,
    is_complete,
    {{ to_money('revenue_amount') }} as revenue_amount,
    {{ to_money('list_amount') }} as list_amount,
    round(cast(discount_rate as double), 6) as discount_rate,
    cast(effort_hours as double) as effort_hours,
    {{ to_money('cost_amount') }} as cost_amount,
    {{ to_money('margin_amount') }} as margin_amount,
    cast(margin_per_hour as double) as margin_per_hour,
    {{ to_money('revenue_amount_change') }} as revenue_amount_change,
    round(cast(discount_rate_change as double), 6) as discount_rate_change,
    cast(effort_hours_change as double) as effort_hours_change,
    {{ to_money('margin_amount_change') }} as margin_amount_change,
    cast(margin_per_hour_change as double) as margin_per_hour_change,
    is_in_bottom_half and margin_per_hour_change < 0 as is_key_from_habit,
    {{ as_of() }} as as_of
from compared
