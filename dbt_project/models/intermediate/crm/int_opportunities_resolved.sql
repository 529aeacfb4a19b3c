-- Grain: deal that exists at as_of. Left out: deals merged into another, and deals created after
-- as_of (a creation after known_at is an impossible date, and stays).
with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
    where
        merged_into_id is null
        and not coalesce(created_at > {{ as_of() }} and created_at <= {{ known_at() }}, false)
),

outcomes as (
    select * from {{ ref('int_opportunity_outcomes') }}
),

stages as (
    select * from {{ ref('int_stages_resolved') }}
),

reps as (
    select * from {{ ref('int_reps_matched') }}
),

accounts as (
    select * from {{ ref('int_accounts_matched') }}
),

sources as (
    select * from {{ ref('int_build_sources') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

forecast_words as (
    select * from {{ ref('forecast_category_words') }}
),

types as (
    select
        opportunities.opportunity_id,
        min_by(words.opportunity_type, words.priority) as opportunity_type
    from opportunities
    inner join {{ ref('opportunity_type_words') }} as words
        on lower(opportunities.opportunity_type) like '%' || words.word || '%'
    group by opportunities.opportunity_id
),

-- closed deals at the rate of the month of closing, open ones at that of as_of
dated as (
    select
        opportunities.opportunity_id,
        opportunities.list_amount,
        coalesce(upper(opportunities.currency), sources.currency, {{ reporting_currency() }}) as currency,
        cast(
            {{ utc_to_local('coalesce(outcomes.closed_at, ' ~ as_of() ~ ')', reporting_time_zone()) }} as date
        ) as rate_on
    from opportunities
    inner join outcomes on opportunities.opportunity_id = outcomes.opportunity_id
    left join sources on opportunities.source_instance = sources.source_instance
),

list_prices as (
    select
        *,
        {{ comparable_text('product') }} as product_words
    from {{ ref('int_list_prices_resolved') }}
),

-- the price on the item, else that of the price list in the deal's currency
items as (
    select
        items.line_item_id,
        items.opportunity_id,
        items.product,
        items.quantity,
        coalesce(items.list_price, max(list_prices.native_list_price)) as list_price
    from {{ ref('int_line_items_unioned') }} as items
    inner join dated on items.opportunity_id = dated.opportunity_id
    left join list_prices
        on
        {{ comparable_text('items.product') }} = list_prices.product_words
        and dated.currency = list_prices.currency
        and dated.rate_on >= list_prices.valid_from
        and dated.rate_on < list_prices.valid_to
    group by items.line_item_id, items.opportunity_id, items.product, items.quantity, items.list_price
),

-- list value of what was sold, where the deal itself does not say; unknown where one item has no price
listed as (
    select
        opportunity_id,
        case when count(*) = count(quantity * list_price) then sum(quantity * list_price) end
            as native_list_amount,
        case when count(distinct product) = 1 then min(product) end as product
    from items
    group by opportunity_id
),

priced as (
    select
        dated.opportunity_id,
        dated.currency,
        dated.rate_on,
        coalesce(dated.list_amount, listed.native_list_amount) as native_list_amount
    from dated
    left join listed on dated.opportunity_id = listed.opportunity_id
),

final as (
    select
        {{ all_but([
            'account_id', 'owner_id', 'pipeline_id', 'amount', 'list_amount', 'currency', 'probability',
            'forecast_category', 'opportunity_type', 'product', 'closed_at', 'is_closed', 'is_won'
        ], 'opportunities') }},
        coalesce(accounts.account_id, opportunities.account_id) as account_id,
        reps.rep_id as owner_id,
        opportunities.owner_id as owner_ref,
        {{ pipeline_key('opportunities') }} as pipeline_id,
        stages.stage_order,
        stages.default_probability,
        coalesce(opportunities.probability, stages.default_probability) as probability,
        opportunities.forecast_category as forecast_category_raw,
        forecast_words.forecast_category,
        opportunities.opportunity_type as opportunity_type_raw,
        coalesce(types.opportunity_type, 'new') as opportunity_type,
        priced.currency,
        rates.rate as exchange_rate,
        {{ to_money('opportunities.amount') }} as native_amount,
        {{ to_money(convert('opportunities.amount', 'rates.rate')) }} as amount,
        coalesce(opportunities.product, listed.product) as product,
        {{ to_money('priced.native_list_amount') }} as native_list_amount,
        {{ to_money(convert('priced.native_list_amount', 'rates.rate')) }} as list_amount,
        outcomes.outcome,
        outcomes.recorded_outcome,
        outcomes.closed_at,
        outcomes.outcome <> 'open' as is_closed,
        outcomes.outcome = 'won' as is_won
    from opportunities
    inner join outcomes on opportunities.opportunity_id = outcomes.opportunity_id
    inner join priced on opportunities.opportunity_id = priced.opportunity_id
    left join listed on opportunities.opportunity_id = listed.opportunity_id
    left join types on opportunities.opportunity_id = types.opportunity_id
    left join accounts on opportunities.account_id = accounts.account_ref
    left join reps
        on opportunities.source_instance = reps.source_instance and opportunities.owner_id = reps.owner_ref
    left join stages
        on opportunities.source_instance = stages.source_instance
        and {{ pipeline_key('opportunities') }} = stages.pipeline_id
        and opportunities.stage = stages.stage
    left join rates
        on priced.currency = rates.currency
        and priced.rate_on >= rates.valid_from
        and priced.rate_on < rates.valid_to
    left join forecast_words
        on replace(replace(lower(opportunities.forecast_category), ' ', ''), '_', '') = forecast_words.word
)

select * from final
