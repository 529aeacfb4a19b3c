-- Every landed version. Stages appear under today's label whatever they were called at the time; a day
-- is the one of the account's zone (closedate is a moment in UTC).
with versions as (
    select * from {{ landing_versions('hubspot', 'deals') }}
),

stages as (
    select * from {{ ref('stg_hubspot__stage_names') }}
    where object_type = 'deals'
),

associated as (
    select * from {{ ref('stg_hubspot__main_associated') }}
    where from_type = 'deals'
),

merged as (
    select * from {{ ref('stg_hubspot__merges') }}
    where object_type = 'deals'
),

final as (
    select
        {{ record_id('versions._source_instance', 'versions.id') }} as opportunity_id,
        {{ record_id('versions._source_instance', 'associated.company_id') }} as account_id,
        {{ record_id('versions._source_instance', 'associated.contact_id') }} as contact_id,
        {{ record_id('versions._source_instance', 'versions.pipeline') }} as pipeline_id,
        {{ record_id('versions._source_instance', 'merged.merged_into_id') }} as merged_into_id,
        merged.merged_at,
        versions.hubspot_owner_id as owner_id,

        versions.dealname as opportunity_name,
        coalesce(stages.stage_label, versions.dealstage) as stage,
        versions.hs_manual_forecast_category as forecast_category,
        versions.dealtype as opportunity_type,
        versions.hs_analytics_source as lead_source,
        versions.closed_lost_reason as loss_reason,
        versions.hs_next_step as next_step,
        upper(versions.deal_currency_code) as currency,

        versions.amount,
        -- that of its stage is not the deal's own: it would go on after the deal has left the stage
        nullif(versions.hs_deal_stage_probability, stages.probability) as probability,

        -- the pipeline's own meaning of the stage first: the deal's flag is computed later
        coalesce(stages.is_closed, versions.hs_is_closed) as is_closed,
        coalesce(stages.is_closed and stages.probability = 1, versions.hs_is_closed_won) as is_won,

        cast({{ utc_to_local('versions.closedate', 'versions._time_zone') }} as date) as close_date,
        coalesce(versions.createdate, versions."createdAt") as created_at,
        versions."updatedAt" as modified_at,

        versions._is_latest as is_latest,
        versions._is_deleted or coalesce(versions.archived, false) as is_deleted,
        versions._source_system as source_system,
        versions._source_instance as source_instance,
        versions._changed_at as changed_at,
        versions._loaded_at as loaded_at
    from versions
    left join stages
        on versions._source_instance = stages._source_instance
        and versions.pipeline = stages.pipeline_id
        and versions.dealstage = stages.stage_id
    left join associated
        on versions._source_instance = associated._source_instance and versions.id = associated.from_id
    left join merged
        on versions._source_instance = merged._source_instance and versions.id = merged.merged_id
)

select * from final
