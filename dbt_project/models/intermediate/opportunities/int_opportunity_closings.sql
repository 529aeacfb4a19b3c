{#- Closings that landing did not see happen: the first look at which a deal was closed, where its own closing
    date lies before that look and after the one before. The fields are those of that look. -#}

with

looks as (

    select
        *,
        coalesce(closed_at, {{ reporting_day_start('close_date') }}) as recorded_closing_at,
        lag(is_closed_record) over deal as was_closed,
        -- by the load: a deal that was open when it was read was open, however long ago it was changed
        lag(loaded_at) over deal as looked_at
    from {{ ref('int_opportunity_snapshots_resolved') }}
    where not coalesce(is_deleted, false)
    window deal as (partition by opportunity_id order by known_from, loaded_at)

),

-- A date is a whole day: a look earlier on that day was before the closing.
dated as (

    select
        *,
        case
            when
                looked_at >= recorded_closing_at
                and recorded_closing_at = {{ reporting_day_start(reporting_date('recorded_closing_at')) }}
                and {{ reporting_date('looked_at') }} = {{ reporting_date('recorded_closing_at') }}
                then {{ dbt.dateadd('second', 1, 'looked_at') }}
            else recorded_closing_at
        end as closing_at
    from looks

)

select
    opportunity_id,
    closing_at,
    known_from,
    {%- for field in versioned_fields() %}
        {{ field }},
    {%- endfor %}
    status is not null as is_closed_by_status
from dated
where
    is_closed_record
    and not coalesce(was_closed, false)
    -- Versions of one load are the vendor's record of when each began, not two looks at the deal.
    and looked_at is distinct from loaded_at
    and closing_at < known_from
    -- seen open after its closing date: the date is not when it was closed
    and coalesce(closing_at > looked_at, true)
