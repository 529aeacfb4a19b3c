with mapped as (
    {{ stage_mapped('activity', landing_latest('csv_mapping', 'activity')) }}
)

select
    {{ all_but(['duration_minutes', 'duration_seconds'], 'mapped') }},
    coalesce(mapped.duration_minutes, mapped.duration_seconds / 60) as duration_minutes
from mapped
