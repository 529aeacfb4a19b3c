-- Every row of the waterfall leads from its start to its end, to the cent; in the scope of all open deals a
-- month starts where the one before ended, also where one of the two has no row.
with

waterfall as (

    select * from {{ ref('rpt_waterfall') }}

),

unbalanced as (

    select
        rep_id,
        month_start,
        scope,
        'start and parts do not make the end' as problem,
        start_amount
        {%- for part, sign in waterfall_parts().items() %}
            {{ '+' if sign > 0 else '-' }} {{ part }}_amount
        {%- endfor %} as expected_amount,
        end_amount as found_amount
    from waterfall

),

ends as (

    select
        rep_id,
        cast({{ dbt.dateadd('month', 1, 'month_start') }} as date) as month_start,
        end_amount
    from waterfall
    where scope = 'all_open' and {{ dbt.dateadd('month', 1, 'month_start') }} <= {{ as_of_date() }}

),

starts as (

    select
        rep_id,
        month_start,
        start_amount
    from waterfall
    where scope = 'all_open'

),

-- both sides summed: a full join on a rep who may be null would miss rows
compared as (

    select
        rep_id,
        month_start,
        'all_open' as scope,
        'does not start where the month before ended' as problem,
        sum(end_amount) as expected_amount,
        sum(start_amount) as found_amount
    from (
        select
            rep_id,
            month_start,
            end_amount,
            0 as start_amount
        from ends
        union all
        select
            rep_id,
            month_start,
            0 as end_amount,
            start_amount
        from starts
    ) as both_sides
    group by rep_id, month_start

)

select * from unbalanced
where expected_amount != found_amount
union all
select * from compared
where expected_amount != found_amount
