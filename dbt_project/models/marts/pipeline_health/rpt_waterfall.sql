with

daily as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'snapshot_date') }} as date) as month_start,
        cast(
            {{ dbt.dateadd('month', 1, dbt.date_trunc('month', 'snapshot_date')) }} as date
        ) as next_month_start,
        cast({{ dbt.date_trunc('month', 'close_date') }} as date) as close_month
    from {{ ref('fct_pipeline_daily') }}
    where is_eligible

),

-- the last day of each month, of the month of as_of its own day
month_ends as (

    select * from daily
    where
        snapshot_date = {{ dbt.dateadd('day', -1, 'next_month_start') }}
        or snapshot_date = {{ as_of_date() }}

),

-- a month starts with what the last day of the month before ended with
boundaries as (

    select
        owner_id as rep_id,
        month_start,
        close_month,
        cast(0 as decimal(18, 2)) as start_amount,
        amount as end_amount
    from month_ends
    union all
    select
        owner_id as rep_id,
        next_month_start as month_start,
        close_month,
        amount as start_amount,
        cast(0 as decimal(18, 2)) as end_amount
    from month_ends
    where next_month_start <= {{ as_of_date() }}

),

scoped as (

    select
        *,
        'all_open' as scope
    from boundaries
    union all
    select
        *,
        'closing_in_month' as scope
    from boundaries
    where close_month = month_start

),

parts as (

    select
        rep_id,
        month_start,
        scope,
        start_amount,
        {%- for part in waterfall_parts() %}
            cast(0 as decimal(18, 2)) as {{ part }}_amount,
        {%- endfor %}
        end_amount
    from scoped
    union all
    select
        rep_id,
        month_start,
        scope,
        0 as start_amount,
        {%- for part in waterfall_parts() %}
            {{ part }}_amount,
        {%- endfor %}
        0 as end_amount
    from {{ ref('int_pipeline_movements') }}

),

grouped as (

    select
        rep_id,
        month_start,
        scope,
        {{ to_money('sum(start_amount)') }} as start_amount,
        {%- for part in waterfall_parts() %}
            {{ to_money('sum(' ~ part ~ '_amount)') }} as {{ part }}_amount,
        {%- endfor %}
        {{ to_money('sum(end_amount)') }} as end_amount,
        {{ as_of() }} as as_of
    from parts
    group by rep_id, month_start, scope

)

select * from grouped
where
    start_amount != 0
    or end_amount != 0
    {%- for part in waterfall_parts() %}
        or {{ part }}_amount != 0
    {%- endfor %}
