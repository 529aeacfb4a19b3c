-- The value before a change is the one that the property had until then. Stages under today's label: ids
-- of stages are never given twice, not in another pipeline either.
with history as (
    select * from {{ landing_latest('hubspot', 'deal_property_history') }}
    where "timestamp" is not null
),

ordered as (
    select
        *,
        lag(value) over (
            partition by _source_instance, "dealId", property
            order by "timestamp", _source_row
        ) as old_value
    from history
),

stages as (
    select
        _source_instance,
        stage_id,
        min(stage_label) as stage_label
    from {{ ref('stg_hubspot__stage_names') }}
    where object_type = 'deals'
    group by 1, 2
),

final as (
    select
        {{ record_id('ordered._source_instance', 'ordered._record_key') }} as change_id,
        {{ record_id('ordered._source_instance', 'ordered."dealId"') }} as opportunity_id,
        ordered."updatedByUserId" as changed_by_id,
        ordered.property as field,
        case
            when ordered.property = 'dealstage' then coalesce(old_stages.stage_label, ordered.old_value)
            when ordered.property = 'closedate' then {{ hubspot_day('ordered.old_value') }}
            else ordered.old_value
        end as old_value,
        case
            when ordered.property = 'dealstage' then coalesce(new_stages.stage_label, ordered.value)
            when ordered.property = 'closedate' then {{ hubspot_day('ordered.value') }}
            else ordered.value
        end as new_value,
        ordered._source_system as source_system,
        ordered._source_instance as source_instance,
        ordered."timestamp" as changed_at,
        ordered._loaded_at as loaded_at
    from ordered
    left join stages as old_stages
        on ordered._source_instance = old_stages._source_instance and ordered.old_value = old_stages.stage_id
    left join stages as new_stages
        on ordered._source_instance = new_stages._source_instance and ordered.value = new_stages.stage_id
)

select * from final
