-- A person whom only leads are about is a lead, not a contact, or everyone would be both.
with records as (
    select * from {{ landing_latest('pipedrive', 'persons') }}
    where not coalesce(is_deleted, false)
),

lead_persons as (
    select _source_instance, person_id from {{ landing_latest('pipedrive', 'leads') }}
    where person_id is not null
    group by 1, 2
),

deal_persons as (
    select _source_instance, person_id from {{ landing_latest('pipedrive', 'deals') }}
    where person_id is not null and not coalesce(is_deleted, status = 'deleted', false)
    group by 1, 2
),

final as (
    select
        {{ record_id('records._source_instance', 'records.id') }} as contact_id,
        {{ record_id('records._source_instance', 'records.org_id') }} as account_id,
        records.owner_id,

        {{ pipedrive_person('records') }},

        records.add_time as created_at,
        records.update_time as modified_at,
        records._source_system as source_system,
        records._source_instance as source_instance,
        records._changed_at as changed_at,
        records._loaded_at as loaded_at
    from records
    left join lead_persons
        on records._source_instance = lead_persons._source_instance and records.id = lead_persons.person_id
    left join deal_persons
        on records._source_instance = deal_persons._source_instance and records.id = deal_persons.person_id
    where lead_persons.person_id is null or deal_persons.person_id is not null
)

select * from final
