with

deals as (

    select
        *,
        {{ to_money(convert('amount', 'probability')) }} as weighted_amount
    from {{ ref('int_month_end_deals') }}

),

measured as (

    select
        {%- for metric, (value, n) in history_metrics().items() %}
            {{ value }} as {{ metric }},
            {{ n }} as {{ metric }}_n,
        {%- endfor %}
        month_end,
        rep_id
    from deals
    group by month_end, rep_id

)

{% for metric in history_metrics() %}
    select
        month_end,
        rep_id,
        '{{ metric }}' as metric,
        cast({{ metric }} as double) as value,
        cast({{ metric }}_n as bigint) as n,
        {{ as_of() }} as as_of
    from measured
    {% if not loop.last %}
        union all
    {% endif %}
{%- endfor %}
