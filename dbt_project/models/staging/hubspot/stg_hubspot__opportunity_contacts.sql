with associated as (
    select * from {{ ref('stg_hubspot__associated') }}
    where from_type = 'deals' and to_type = 'contacts'
),

final as (
    select
        {{ record_id('_source_instance', "from_id || '/' || to_id") }} as opportunity_contact_id,
        {{ record_id('_source_instance', 'from_id') }} as opportunity_id,
        {{ record_id('_source_instance', 'to_id') }} as contact_id,
        label as contact_role,
        is_main as is_primary,
        {{ record_origin() }}
    from associated
)

select * from final
