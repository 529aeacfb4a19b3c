with mapped as (
    {{ stage_mapped('opportunity_history', landing_latest('csv_mapping', 'opportunity_history')) }}
),

final as (
    select
        {{ all_but(['status'], 'mapped') }},
        nullif({{ deal_status('mapped.status') }}, 'open') as status
    from mapped
)

select * from final
