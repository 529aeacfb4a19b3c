with mapped as (
    {{ stage_mapped('opportunity', landing_versions('csv_mapping', 'opportunity'), with_versions=true) }}
),

-- open, won or lost by the status, else by the flags
final as (
    select
        {{ all_but(['status'], 'mapped') }},
        coalesce(
            {{ deal_status('mapped.status') }},
            case
                when mapped.is_won then 'won'
                when mapped.is_closed then 'lost'
                when mapped.is_closed is null and not mapped.is_won and mapped.closed_at is not null
                    then 'lost'
                when not mapped.is_closed then 'open'
            end
        ) as status
    from mapped
)

select * from final
