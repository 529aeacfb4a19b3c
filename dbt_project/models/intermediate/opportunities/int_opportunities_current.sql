with

deals as (

    select * from {{ ref('int_opportunities_resolved') }}

),

-- stage, amount, dates and owner as of as_of: the last version, so that the two never disagree
current_versions as (

    select * from {{ ref('int_opportunity_versions') }}
    where valid_to is null

),

lives as (

    select * from {{ ref('int_opportunity_lives') }}

),

accounts as (

    select
        account_id,
        {{ segment('employees', 'annual_revenue', 'industry') }} as segment
    from {{ ref('int_accounts_resolved') }}

),

features as (

    select * from {{ ref('int_source_features') }}

),

closings as (

    select
        opportunity_id,
        max(valid_from) as closed_at
    from {{ ref('int_opportunity_versions') }}
    where is_closing
    group by opportunity_id

),

pushes as (

    select
        opportunity_id,
        count(*) as push_count,
        sum(days_pushed) as days_pushed
    from {{ ref('int_close_date_pushes') }}
    group by opportunity_id

),

-- a source whose activities name none of its deals does not say that they are untouched
deal_activities as (

    select distinct deals.source_instance
    from {{ ref('int_touches') }} as activities
    inner join deals on activities.opportunity_id = deals.opportunity_id

),

touches as (

    select
        opportunity_id,
        count(*) as touches,
        max(occurred_at) as last_touch_at
    from {{ ref('int_touches') }}
    where is_touch and opportunity_id is not null and occurred_at <= {{ as_of() }}
    group by opportunity_id

),

joined as (

    select
        deals.opportunity_id,
        deals.source_system,
        deals.source_instance,
        deals.opportunity_name,
        deals.account_id,
        deals.contact_id,
        deals.lead_id,
        versions.owner_id,
        versions.pipeline_id,
        deals.opportunity_type,
        coalesce(accounts.segment, {{ segment('null', 'null', 'null') }}) as segment,
        deals.lead_source,
        deals.product,
        versions.stage,
        versions.stage_order,
        versions.amount,
        versions.amount_native,
        versions.currency,
        versions.probability,
        versions.forecast_category,
        versions.is_eligible,
        versions.close_date,
        versions.outcome,
        versions.created_at,
        -- the record's own word, else the beginning of the present outcome
        case
            when versions.outcome = 'open' then null
            when lives.recorded_closed_at <= {{ as_of() }} then lives.recorded_closed_at
            else closings.closed_at
        end as closed_at,
        -- a record that was read later tells of a loss and of a review that had not taken place yet
        case when versions.outcome in ('lost', 'no_decision') then deals.loss_reason end as loss_reason,
        deals.next_step,
        case when deals.reviewed_at <= {{ as_of() }} then deals.reviewed_at end as reviewed_at,
        deals.list_amount,
        deals.discount_rate,
        lives.known_from as record_changed_at,
        lives.first_landed_at,
        features.has_opportunity_history
        or features.has_opportunity_field_changes
        or lives.is_watched_since_creation
            as has_full_history,
        deal_activities.source_instance is not null as has_activities,
        touches.touches,
        touches.last_touch_at,
        pushes.push_count,
        pushes.days_pushed
    from deals
    inner join current_versions as versions on deals.opportunity_id = versions.opportunity_id
    inner join lives on deals.opportunity_id = lives.opportunity_id
    left join features on deals.source_instance = features.source_instance
    left join accounts on deals.account_id = accounts.account_id
    left join deal_activities on deals.source_instance = deal_activities.source_instance
    left join closings on deals.opportunity_id = closings.opportunity_id
    left join pushes on deals.opportunity_id = pushes.opportunity_id
    left join touches on deals.opportunity_id = touches.opportunity_id

)

select
    opportunity_id,
    source_system,
    source_instance,
    opportunity_name,
    account_id,
    contact_id,
    lead_id,
    owner_id,
    pipeline_id,
    opportunity_type,
    segment,
    lead_source,
    product,
    stage,
    stage_order,
    amount,
    amount_native,
    currency,
    list_amount,
    cast(discount_rate as decimal(9, 6)) as discount_rate,
    probability,
    forecast_category,
    is_eligible,
    created_at,
    close_date,
    closed_at,
    outcome,
    loss_reason,
    next_step,
    reviewed_at,
    case when has_activities then coalesce(touches, 0) end as touches,
    last_touch_at,
    has_full_history,
    case when has_full_history then coalesce(push_count, 0) end as push_count,
    cast(case when has_full_history then coalesce(days_pushed, 0) end as bigint) as days_pushed,
    {{ dbt.datediff(
        reporting_date('created_at'), reporting_date('coalesce(closed_at, ' ~ as_of() ~ ')'), 'day'
    ) }} as age_days,
    record_changed_at,
    first_landed_at
from joined
