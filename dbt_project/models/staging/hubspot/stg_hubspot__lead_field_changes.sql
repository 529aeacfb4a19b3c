-- Grain: change of a lead's status or owner. The status of a contact that is a lead comes of two properties
-- (stg_hubspot__lead_snapshots), so it changes where what they say together does; that of a lead object
-- is its stage under today's label. The value before a change is the one that held until then.
with history as (
    select
        _source_system,
        _source_instance,
        _record_key,
        _source_row,
        _loaded_at,
        'contacts' as object_type,
        "contactId" as id,
        property,
        "timestamp" as changed_at,
        value,
        "updatedByUserId" as changed_by_id
    from {{ landing_latest('hubspot', 'contact_property_history') }}
    where "timestamp" is not null and property in ('hs_lead_status', 'lifecyclestage', 'hubspot_owner_id')
    union all
    select
        _source_system,
        _source_instance,
        _record_key,
        _source_row,
        _loaded_at,
        'leads' as object_type,
        "leadId" as id,
        property,
        "timestamp" as changed_at,
        value,
        "updatedByUserId" as changed_by_id
    from {{ landing_latest('hubspot', 'lead_property_history') }}
    where "timestamp" is not null and property in ('hs_pipeline_stage', 'hubspot_owner_id')
),

stages as (
    select
        _source_instance,
        stage_id,
        min(stage_label) as stage_label
    from {{ ref('stg_hubspot__stage_names') }}
    where object_type = 'leads'
    group by 1, 2
),

people as (
    select * from {{ ref('stg_hubspot__people') }}
    where is_lead
),

-- what every property of the lead says from here on; a property that was emptied says ''
carried as (
    select
        history.*,
        case when history.property = 'hubspot_owner_id' then 'owner_id' else 'status' end as field,
        {%- for property in ['hs_lead_status', 'lifecyclestage', 'hs_pipeline_stage', 'hubspot_owner_id'] %}
            nullif(
                last_value(
                    case when history.property = '{{ property }}' then coalesce(history.value, '') end
                    ignore nulls
                ) over so_far,
                ''
            ) as {{ property }},
        {%- endfor %}
        row_number() over (
            partition by
                history._source_instance,
                history.object_type,
                history.id,
                history.property = 'hubspot_owner_id',
                history.changed_at
            order by history._source_row desc, history._record_key desc
        ) as position
    from history
    window so_far as (
        partition by history._source_instance, history.object_type, history.id
        order by history.changed_at, history._source_row, history._record_key
        rows between unbounded preceding and current row
    )
),

stated as (
    select
        carried.*,
        case
            when carried.field = 'owner_id' then carried.hubspot_owner_id
            when carried.object_type = 'leads' then coalesce(stages.stage_label, carried.hs_pipeline_stage)
            else coalesce(carried.hs_lead_status, carried.lifecyclestage)
        end as new_value
    from carried
    left join stages
        on carried._source_instance = stages._source_instance and carried.hs_pipeline_stage = stages.stage_id
    where carried.position = 1
),

compared as (
    select
        *,
        lag(new_value) over of_field as old_value,
        lag(changed_at) over of_field is null as is_first
    from stated
    window of_field as (partition by _source_instance, object_type, id, field order by changed_at)
),

final as (
    select
        {{ record_id('compared._source_instance', "compared.object_type || '-' || compared._record_key") }}
            as change_id,
        case
            when compared.object_type = 'contacts' then people.lead_id
            else {{ record_id('compared._source_instance', 'compared.id') }}
        end as lead_id,
        compared.changed_by_id,
        compared.field,
        compared.old_value,
        compared.new_value,
        compared._source_system as source_system,
        compared._source_instance as source_instance,
        compared.changed_at,
        compared._loaded_at as loaded_at
    from compared
    left join people
        on compared._source_instance = people._source_instance and compared.id = people.id
    where
        (compared.object_type = 'leads' or people.lead_id is not null)
        and (compared.is_first or coalesce(compared.new_value, '') <> coalesce(compared.old_value, ''))
)

select * from final
