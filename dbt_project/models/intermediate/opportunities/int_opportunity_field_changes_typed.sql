{#- Changes of the fields that have versions, each value in a column of its field's type. -#}
{%- set sides = ['old', 'new'] -%}

with

named as (

    select
        *,
        {{ versioned_field('field') }} as versioned_field
    from {{ ref('int_opportunity_field_changes_unioned') }}

),

changes as (

    select
        change_id,
        source_instance,
        opportunity_id,
        changed_at,
        versioned_field as field,
        old_value,
        new_value
    from named
    where
        versioned_field is not null
        and changed_at is not null
        -- a status of another kind closes nothing (Pipedrive's `deleted` is a tombstone of the deal itself)
        and (versioned_field != 'status' or {{ deal_status('new_value') }} is not null)

),

numbers as (

    select
        *,
        {%- for side in sides %}
            case
                when field in ('amount', 'probability') then {{ parse_decimal(side ~ '_value') }}
            end as {{ side }}_number,
        {%- endfor %}
        row_number() over (
            partition by opportunity_id, field
            order by changed_at, change_id
        ) = 1 as is_first_of_field
    from changes

),

-- 75 or 0.75, as the whole of an instance's changes show
scaled as (

    select
        *,
        max(case when field = 'probability' and greatest(old_number, new_number) > 1 then 100 else 1 end)
            over (partition by source_instance) as probability_scale
    from numbers

)

select
    change_id,
    source_instance,
    opportunity_id,
    changed_at,
    field,
    {%- for side in sides %}
        case when field = 'stage' then {{ side }}_value end as {{ side }}_stage,
        case when field = 'amount' then {{ side }}_number end as {{ side }}_amount,
        case when field = 'close_date' then {{ parse_date(side ~ '_value') }} end as {{ side }}_close_date,
        cast(case when field = 'probability' then {{ side }}_number / probability_scale end as decimal(9, 6))
            as {{ side }}_probability,
        case when field = 'forecast_category' then {{ side }}_value end as {{ side }}_forecast_category,
        case when field = 'owner_id' then {{ side }}_value end as {{ side }}_owner_id,
        case when field = 'status' then nullif({{ deal_status(side ~ '_value') }}, 'open') end
            as {{ side }}_status,
    {%- endfor %}
    is_first_of_field
from scaled
