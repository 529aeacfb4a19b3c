with versions as (
    select * from {{ landing_versions('pipedrive', 'deals') }}
),

stages as (
    select * from {{ ref('stg_pipedrive__stage_names') }}
),

final as (
    select
        {{ record_id('versions._source_instance', 'versions.id') }} as opportunity_id,
        {{ record_id('versions._source_instance', 'versions.org_id') }} as account_id,
        {{ record_id('versions._source_instance', 'versions.person_id') }} as contact_id,
        {{ record_id('versions._source_instance', 'versions.pipeline_id') }} as pipeline_id,
        {{ record_id('versions._source_instance', 'versions.source_lead_id') }} as lead_id,
        versions.owner_id,

        versions.title as opportunity_name,
        coalesce(stages.name, versions.stage_id) as stage,
        coalesce(versions.channel, versions.origin) as lead_source,
        versions.lost_reason as loss_reason,
        upper(versions.currency) as currency,

        versions.value as amount,
        coalesce(versions.probability, stages.deal_probability) as probability,

        nullif(versions.status, 'deleted') as status,
        versions.status in ('won', 'lost') as is_closed,
        versions.status = 'won' as is_won,

        versions.expected_close_date as close_date,
        case
            when versions.status in ('won', 'lost')
                then coalesce(versions.close_time, versions.won_time, versions.lost_time)
        end as closed_at,
        versions.add_time as created_at,
        versions.update_time as modified_at,

        versions._is_latest as is_latest,
        versions._is_deleted
        or coalesce(versions.is_deleted or versions.status = 'deleted', false) as is_deleted,
        versions._source_system as source_system,
        versions._source_instance as source_instance,
        versions._changed_at as changed_at,
        versions._loaded_at as loaded_at
    from versions
    left join stages
        on versions._source_instance = stages._source_instance and versions.stage_id = stages.id
)

select * from final
