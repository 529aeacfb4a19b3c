-- Grain: segment. What won deals were like: how long they took and what they were worth, in the segment
-- where it has won enough of them, else in all segments together. Renewals are left out: they are won by
-- waiting.
with deals as (
    select * from {{ ref('int_opportunities_current') }}
),

won as (
    select
        segment,
        case when age_days >= 0 then age_days end as age_days,
        case when amount > 0 then amount end as amount
    from deals
    where outcome = 'won' and opportunity_type in ('new', 'expansion')
),

segments as (
    select distinct segment from deals
),

{% for name, condition in {'own': 'won.segment = segments.segment', 'everywhere': 'true'}.items() -%}
    {{ name }} as (
        select
            segments.segment,
            count(won.age_days) as cycle_n,
            {{ quantile('won.age_days', 0.9) }} as cycle_p90_days,
            count(won.amount) as amount_n,
            {{ quantile('won.amount', 0.25) }} as amount_p25,
            {{ quantile('won.amount', 0.5) }} as amount_p50,
            {{ quantile('won.amount', 0.75) }} as amount_p75
        from segments
        left join won on {{ condition }}
        group by segments.segment
    ),

{% endfor -%}

chosen as (
    select
        *,
        cycle_n >= {{ deal_limit('past_good_through', 'min_won_deals') }} as has_cycle,
        amount_n >= {{ min_n() }} as has_amount
    from own
)

select
    chosen.segment,
    {%- for part, names in {
        'cycle': ['cycle_n', 'cycle_p90_days'], 'amount': ['amount_n', 'amount_p25', 'amount_p50', 'amount_p75'],
    }.items() %}
    {%- for name in names %}
        case when chosen.has_{{ part }} then chosen.{{ name }} else everywhere.{{ name }} end as {{ name }},
    {%- endfor %}
    case when chosen.has_{{ part }} then 'segment ' || chosen.segment else 'all segments' end
        as {{ part }}_basis
    {{- ',' if not loop.last }}
{%- endfor %}
from chosen
inner join everywhere on chosen.segment = everywhere.segment
