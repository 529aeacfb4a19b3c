with items as (
    select * from {{ landing_latest('hubspot', 'line_items') }}
    where not coalesce(archived, false)
),

associated as (
    select * from {{ ref('stg_hubspot__main_associated') }}
    where from_type = 'line_items'
),

final as (
    select
        {{ record_id('items._source_instance', 'items.id') }} as line_item_id,
        {{ record_id('items._source_instance', 'associated.deal_id') }} as opportunity_id,
        items.name as product,
        items.quantity,
        items.price as list_price,
        items.price * (1 - coalesce(items.hs_discount_percentage, 0)) as unit_price,
        items.hs_discount_percentage as discount_rate,
        items._source_system as source_system,
        items._source_instance as source_instance,
        items._changed_at as changed_at,
        items._loaded_at as loaded_at
    from items
    left join associated
        on items._source_instance = associated._source_instance and items.id = associated.from_id
)

select * from final
