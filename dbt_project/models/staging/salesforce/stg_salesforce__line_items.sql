with records as (
    select * from {{ landing_latest('salesforce', 'OpportunityLineItem') }}
    where not coalesce("IsDeleted", false)
),

final as (
    select
        {{ salesforce_record('Id') }} as line_item_id,
        {{ salesforce_record('OpportunityId') }} as opportunity_id,
        coalesce("ProductCode", {{ salesforce_id('Product2Id') }}, "Name") as product,
        "Quantity" as quantity,
        "ListPrice" as list_price,
        "UnitPrice" as unit_price,
        "Discount" as discount_rate,
        {{ record_origin() }}
    from records
)

select * from final
