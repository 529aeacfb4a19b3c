-- Many cells are looked at, so the interval is wide (99 %): a cell must stand out from all the others
-- together before it is called anything.
with

deals as (

    select
        opportunities.segment,
        accounts.industry,
        opportunities.lead_source,
        opportunities.outcome,
        opportunities.amount,
        case when opportunities.age_days >= 0 then opportunities.age_days end as cycle_days,
        cast(
            coalesce(
                opportunities.discount_rate,
                {{ ratio('opportunities.list_amount - opportunities.amount', 'opportunities.list_amount') }}
            ) as double
        ) as discount_rate
    from {{ ref('fct_opportunities') }} as opportunities
    left join {{ ref('dim_accounts') }} as accounts on opportunities.account_id = accounts.account_id
    where {{ is_new_business('opportunities.opportunity_type') }}

),

won as (

    select
        *,
        case when outcome = 'won' then amount end as won_amount,
        case when outcome = 'won' then cycle_days end as won_cycle_days,
        case when outcome = 'won' then discount_rate end as won_discount_rate
    from deals

),

cells as (

    select
        segment,
        industry,
        lead_source,
        count(case when outcome != 'open' then 1 end) as n,
        count(case when outcome = 'won' then 1 end) as won_count,
        {%- for name, column in {
            'amount': 'amount', 'cycle': 'cycle_days', 'discount': 'discount_rate'
        }.items() %}
            count(won_{{ column }}) as {{ name }}_n,
            {{ shown_quantile('won_' ~ column, 0.5) }} as p50_{{ column }},
        {%- endfor %}
        count(case when outcome = 'open' then 1 end) as open_count,
        {{ amount_where("outcome = 'open'") }} as open_amount
    from won
    group by segment, industry, lead_source

),

compared as (

    select
        *,
        count(case when n > 0 then 1 end) over () as cells_tested,
        sum(open_amount) over () as all_open_amount,
        {{ ratio('won_count', 'n') }} as win_rate,
        {{ ratio('sum(won_count) over () - won_count', 'sum(n) over () - n') }} as other_win_rate,
        {{ wilson_bound('won_count', 'n', '-') }} as win_rate_low,
        {{ wilson_bound('won_count', 'n', '+') }} as win_rate_high
    from cells

)

select
    segment,
    industry,
    lead_source,
    n,
    won_count,
    win_rate,
    win_rate_low,
    win_rate_high,
    other_win_rate,
    amount_n,
    {{ to_money('p50_amount') }} as p50_amount,
    cycle_n,
    cast(p50_cycle_days as double) as p50_cycle_days,
    discount_n,
    p50_discount_rate,
    case
        when n >= 20 and win_rate_low > other_win_rate then 'sweet'
        when win_rate_high < other_win_rate then 'poor'
        else 'unproven'
    end as fit,
    cells_tested,
    open_count,
    open_amount,
    {{ ratio('open_amount', 'all_open_amount') }} as open_share,
    {{ as_of() }} as as_of
from compared
