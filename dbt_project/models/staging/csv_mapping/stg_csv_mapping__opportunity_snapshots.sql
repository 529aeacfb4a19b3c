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
                -- a sheet's one close date stands on open deals too, ahead
                when mapped.is_closed is null and not mapped.is_won and mapped.closed_at <= mapped.loaded_at
                    then 'lost'
                when not mapped.is_closed then 'open'
            end
        ) as status
    from mapped
)

select * from final
