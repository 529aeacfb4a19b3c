-- Grain: lead × flag about its dates.
select
    {{ lead_flag(
        'impossible_dates', 'least(coalesce(modified_at, created_at), ' ~ as_of() ~ ')',
        "'The lead was ' || problem || ' (created ' || cast(cast(created_at as date) as varchar) || ').'",
        {
            'problem': 'problem',
            'created_at': 'cast(created_at as varchar)',
            'modified_at': 'cast(modified_at as varchar)',
            'converted_at': 'cast(converted_at as varchar)',
        }
    ) }}
from {{ ref('int_lead_date_problems') }}
where not is_source_defect
