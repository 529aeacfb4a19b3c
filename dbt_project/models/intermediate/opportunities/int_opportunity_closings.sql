{#- Closings that landing did not see happen: the first look at which a deal was closed, where its own closing
    date lies before that look and after the one before. The fields are those of that look. -#}

with

looks as (

    select
        *,
        coalesce(closed_at, {{ reporting_day_start('close_date') }}) as closing_at,
        lag(is_closed_record) over deal as was_closed,
        lag(known_from) over deal as previous_known_from,
        -- Versions of one load are the vendor's record of when each began, not two looks at the deal.
        coalesce(lag(loaded_at) over deal = loaded_at, false) as is_dated_by_vendor
    from {{ ref('int_opportunity_snapshots_resolved') }}
    where not coalesce(is_deleted, false)
    window deal as (partition by opportunity_id order by known_from, loaded_at)

)

select
    opportunity_id,
    closing_at,
    {%- for field in versioned_fields() %}
        {{ field }},
    {%- endfor %}
    status is not null as is_closed_by_status
from looks
where
    is_closed_record
    and not coalesce(was_closed, false)
    and not is_dated_by_vendor
    and closing_at < known_from
    -- seen open after its closing date: the date is not when it was closed
    and coalesce(closing_at > previous_known_from, true)
