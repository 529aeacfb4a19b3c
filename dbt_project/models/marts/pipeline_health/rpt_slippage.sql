with

quarters as (

    select distinct
        fiscal_quarter,
        fiscal_quarter_start,
        fiscal_quarter_end
    from {{ ref('int_calendar_days') }}
    where fiscal_quarter_start <= {{ as_of_date() }}

),

-- as the pipeline stood at the end of the day before
expected as (

    select
        quarters.fiscal_quarter,
        quarters.fiscal_quarter_start,
        daily.owner_id as rep_id,
        daily.opportunity_id,
        daily.amount
    from quarters
    inner join {{ ref('fct_pipeline_daily') }} as daily
        on
        quarters.fiscal_quarter_start = {{ dbt.dateadd('day', 1, 'daily.snapshot_date') }}
        and daily.close_date between quarters.fiscal_quarter_start and quarters.fiscal_quarter_end
    where daily.outcome = 'open'

),

pushes as (

    select
        opportunity_id,
        {{ fiscal_quarter_start('pushed_on') }} as fiscal_quarter_start,
        sum(days_pushed) as days_pushed
    from {{ ref('int_close_date_pushes') }}
    group by opportunity_id, {{ fiscal_quarter_start('pushed_on') }}

),

judged as (

    select
        expected.*,
        pushes.days_pushed,
        pushes.opportunity_id is not null as is_pushed
    from expected
    left join pushes
        on
        expected.opportunity_id = pushes.opportunity_id
        and expected.fiscal_quarter_start = pushes.fiscal_quarter_start

),

grouped as (

    select
        rep_id,
        fiscal_quarter,
        fiscal_quarter_start,
        count(*) as expected_count,
        {{ amount_where('1 = 1') }} as expected_amount,
        count(case when is_pushed then 1 end) as pushed_count,
        {{ amount_where('is_pushed') }} as pushed_amount,
        cast({{ shown_quantile('days_pushed', 0.5) }} as double) as p50_days_pushed
    from judged
    group by rep_id, fiscal_quarter, fiscal_quarter_start

)

select
    rep_id,
    fiscal_quarter,
    fiscal_quarter_start,
    expected_count,
    expected_amount,
    pushed_count,
    pushed_amount,
    {{ ratio('pushed_count', 'expected_count') }} as push_rate,
    {{ ratio('pushed_amount', 'expected_amount') }} as amount_push_rate,
    p50_days_pushed,
    {{ as_of() }} as as_of
from grouped
