-- Grain: open deal × rule about its amount, probability or stage that could be judged.
with deals as (
    select * from {{ ref('int_opportunities_current') }}
    where outcome = 'open'
),

benchmarks as (
    select
        *,
        amount_p75
        + {{ deal_limit('atypical_amount', 'iqr_multiple') }} * (amount_p75 - amount_p25) as amount_fence
    from {{ ref('int_deal_benchmarks') }}
),

moves as (
    select
        opportunity_id,
        valid_from,
        amount_native,
        probability,
        lag(amount_native) over deal as previous_amount,
        lag(probability) over deal as previous_probability
    from {{ ref('int_opportunity_versions') }}
    window deal as (partition by opportunity_id order by valid_from)
),

stands as (
    select
        opportunity_id,
        max(case when amount_native is distinct from previous_amount then valid_from end) as amount_since,
        max(case when probability is distinct from previous_probability then valid_from end)
            as probability_since
    from moves
    group by opportunity_id
),

placeholders as (
    select amount from {{ ref('deal_placeholder_amounts') }}
),

-- a price that is on the list is no placeholder, however often it is sold
prices as (
    select distinct
        currency,
        cast(native_list_price as decimal(18, 2)) as amount
    from {{ ref('int_list_prices_resolved') }}
),

habits as (
    select
        owner_id,
        amount_native,
        currency,
        count(*) as same_amount_deals
    from deals
    where owner_id is not null and amount_native is not null
    group by owner_id, amount_native, currency
),

visits as (
    select * from {{ ref('int_stage_visits') }}
    where is_current and entered_at is not null
),

stage_limits as (
    select
        *,
        stay_p75_days * {{ deal_limit('stalled', 'multiple_of_p75') }} as limit_days
    from {{ ref('int_deal_stage_limits') }}
    where won_visits >= {{ deal_limit('stalled', 'min_won_visits') }}
),

stages as (
    select * from {{ ref('int_stages_resolved') }}
),

joined as (
    select
        deals.*,
        benchmarks.amount_n,
        benchmarks.amount_p50,
        benchmarks.amount_basis,
        benchmarks.amount_fence,
        stands.amount_since,
        stands.probability_since,
        visits.entered_at,
        visits.days_in_stage,
        stage_limits.won_visits,
        stage_limits.stay_p75_days,
        stage_limits.limit_days,
        stages.default_probability,
        placeholders.amount is not null as is_placeholder,
        prices.amount is not null or deals.amount = deals.list_amount as is_list_price,
        coalesce(habits.same_amount_deals, 0) as same_amount_deals
    from deals
    left join benchmarks on deals.segment = benchmarks.segment
    left join stands on deals.opportunity_id = stands.opportunity_id
    left join placeholders on deals.amount_native = placeholders.amount
    left join prices on deals.amount_native = prices.amount and deals.currency = prices.currency
    left join habits
        on
        deals.owner_id = habits.owner_id
        and deals.amount_native = habits.amount_native
        and deals.currency = habits.currency
    left join visits on deals.opportunity_id = visits.opportunity_id
    left join
        stage_limits
        on deals.pipeline_id = stage_limits.pipeline_id and deals.stage = stage_limits.stage
    left join stages on deals.pipeline_id = stages.pipeline_id and deals.stage = stages.stage
),

stalled as (
    select
        {{ deal_check(
            'stalled',
            'days_in_stage > limit_days',
            dbt.dateadd('second', 'cast(limit_days * 86400 as bigint)', 'entered_at'),
            "'In stage ' || stage || ' for ' || " ~ days_text('days_in_stage') ~ " || '; three in four of the '
            || cast(won_visits as varchar) || ' stays of won deals took at most ' || " ~ days_text('stay_p75_days'),
            {'stage': 'stage', 'days_in_stage': 'days_in_stage', 'stay_p75_days': 'stay_p75_days', 'n': 'won_visits'}
        ) }}
    from joined
    -- a renewal waits in its stage for its day, and is worth what was sold before
    where days_in_stage is not null and limit_days is not null and {{ is_new_business() }}
),

placeholder_amount as (
    select
        {{ deal_check(
            'placeholder_amount',
            'not coalesce(is_list_price, false) and (is_placeholder or same_amount_deals >= '
            ~ deal_limit('placeholder_amount', 'same_amount_deals') ~ ')',
            'amount_since',
            "case when is_placeholder then 'The amount ' || cast(amount_native as varchar) || ' is one that is typed to fill the field'
            else cast(same_amount_deals as varchar) || ' open deals of the rep have the same amount '
            || cast(amount_native as varchar) || ' ' || currency end",
            {'amount_native': 'amount_native', 'same_amount_deals': 'same_amount_deals'}
        ) }}
    from joined
    where amount_native is not null
),

atypical_amount as (
    select
        {{ deal_check(
            'atypical_amount',
            'amount > amount_fence',
            'amount_since',
            money_text('amount') ~ " || ' is far above the ' || cast(amount_n as varchar) || ' won deals of '
            || amount_basis || ', half of which were below ' || " ~ money_text('amount_p50'),
            {'amount': 'amount', 'amount_p50': 'amount_p50', 'limit': 'cast(amount_fence as decimal(18, 2))', 'n': 'amount_n'}
        ) }}
    from joined
    where
        amount is not null
        and amount_n >= {{ deal_limit('atypical_amount', 'min_won_deals') }}
),

probability_contradicts_stage as (
    select
        {{ deal_check(
            'probability_contradicts_stage',
            'abs(probability - default_probability) >= ' ~ deal_limit('probability_contradicts_stage', 'points'),
            'probability_since',
            "'Probability ' || cast(cast(round(probability * 100) as integer) as varchar) || ' % in stage ' || stage
            || ', which stands for ' || cast(cast(round(default_probability * 100) as integer) as varchar) || ' %'",
            {'probability': 'probability', 'default_probability': 'default_probability', 'stage': 'stage'}
        ) }}
    from joined
    where probability is not null and default_probability is not null
)

{% for flag in ['stalled', 'placeholder_amount', 'atypical_amount', 'probability_contradicts_stage'] -%}
    select * from {{ flag }}
    {{ 'union all' if not loop.last }}
{% endfor %}
