with owners as (
    select * from {{ landing_latest('hubspot', 'owners') }}
),

final as (
    select
        {{ record_id('_source_instance', 'id') }} as user_id,
        "firstName" as first_name,
        "lastName" as last_name,
        email,
        case when upper(type) <> 'PERSON' then lower(type) end as user_kind,
        {{ json_text('teams', '[0].name') }} as team,
        not coalesce(archived, false) as is_active,
        "updatedAt" as modified_at,
        {{ record_origin() }}
    from owners
)

select * from final
