-- Stages and dates under the names and forms that all systems share.
with records as (
    select * from {{ landing_latest('pipedrive', 'deal_flow') }}
),

stages as (
    select * from {{ ref('stg_pipedrive__stage_names') }}
),

final as (
    select
        {{ record_id('records._source_instance', 'records.id') }} as change_id,
        {{ record_id('records._source_instance', 'records.item_id') }} as opportunity_id,
        records.user_id as changed_by_id,
        case records.field_key
            when 'stage_id' then 'stage'
            when 'value' then 'amount'
            when 'expected_close_date' then 'close_date'
            when 'user_id' then 'owner_id'
            else records.field_key
        end as field,
        case
            when records.field_key = 'stage_id' then coalesce(old_stages.name, records.old_value)
            else records.old_value
        end as old_value,
        case
            when records.field_key = 'stage_id' then coalesce(new_stages.name, records.new_value)
            else records.new_value
        end as new_value,
        records._source_system as source_system,
        records._source_instance as source_instance,
        {{ parse_timestamp('records.log_time') }} as changed_at,
        records._loaded_at as loaded_at
    from records
    left join stages as old_stages
        on records._source_instance = old_stages._source_instance and records.old_value = old_stages.id
    left join stages as new_stages
        on records._source_instance = new_stages._source_instance and records.new_value = new_stages.id
)

select * from final
