-- Grain: deal × rule about its dates that could be judged.
{%- set tolerance = deal_limit('impossible_dates', 'tolerance_hours') %}
with deals as (
    select
        *,
        {{ reporting_date('created_at') }} as created_on
    from {{ ref('int_opportunities_current') }}
),

benchmarks as (
    select * from {{ ref('int_deal_benchmarks') }}
),

moves as (
    select
        *,
        lag(close_date) over (partition by opportunity_id order by valid_from) as previous_close_date
    from {{ ref('int_opportunity_versions') }}
),

-- since when the present close date stands, and how often it ever stood
close_dates as (
    select
        opportunity_id,
        count(distinct close_date) as close_dates,
        max(case when close_date is distinct from previous_close_date or is_reopening then valid_from end)
            as stands_since
    from moves
    group by opportunity_id
),

pushes as (
    select
        opportunity_id,
        pushed_at,
        first_value(previous_close_date) over deal as first_close_date,
        row_number() over deal as push_number
    from {{ ref('int_close_date_pushes') }}
    window deal as (partition by opportunity_id order by pushed_at)
),

push_limit_passed as (
    select
        opportunity_id,
        min(pushed_at) as passed_at,
        min(first_close_date) as first_close_date
    from pushes
    where push_number > {{ deal_limit('pushed', 'max_pushes') }}
    group by opportunity_id
),

joined as (
    select
        deals.*,
        close_dates.close_dates,
        close_dates.stands_since,
        push_limit_passed.passed_at,
        push_limit_passed.first_close_date,
        benchmarks.cycle_n,
        benchmarks.cycle_p90_days,
        benchmarks.cycle_basis,
        {{ dbt.last_day('deals.created_on', 'month') }} as month_end,
        {{ fiscal_quarter_end('deals.created_on') }} as quarter_end,
        case
            when deals.created_at
                > {{ dbt.dateadd('hour', tolerance, known_at()) }}
                then 'It was created on ' || cast(deals.created_on as varchar) || ', after it was read'
            when
                {{ dbt.dateadd('hour', tolerance, 'deals.record_changed_at') }}
                < deals.created_at
                then 'It was last changed before it was created on ' || cast(deals.created_on as varchar)
            when deals.close_date < {{ dbt.dateadd('day', -1, 'deals.created_on') }}
                then 'Its close date ' || cast(deals.close_date as varchar) || ' lies before its creation on '
                    || cast(deals.created_on as varchar)
        end as contradiction
    from deals
    left join close_dates on deals.opportunity_id = close_dates.opportunity_id
    left join push_limit_passed on deals.opportunity_id = push_limit_passed.opportunity_id
    left join benchmarks on deals.segment = benchmarks.segment
),

past_close_date as (
    select
        {{ deal_check(
            'past_close_date',
            'close_date < ' ~ as_of_date(),
            'greatest(stands_since, ' ~ reporting_day_start('(close_date + 1)') ~ ')',
            "'The close date ' || cast(close_date as varchar) || ' passed '
            || " ~ days_text(dbt.datediff('close_date', as_of_date(), 'day')) ~ " || ' ago and the deal is still open'",
            {'close_date': 'close_date', 'days_past': dbt.datediff('close_date', as_of_date(), 'day')}
        ) }}
    from joined
    where outcome = 'open' and close_date is not null
),

past_good_through as (
    select
        {{ deal_check(
            'past_good_through',
            'age_days > cycle_p90_days',
            reporting_day_start('(created_on + cast(floor(cycle_p90_days) as integer) + 1)'),
            "'Open for ' || " ~ days_text('age_days') ~ " || '; nine in ten of the ' || cast(cycle_n as varchar)
            || ' won deals of ' || cycle_basis || ' took at most ' || " ~ days_text('cycle_p90_days'),
            {'age_days': 'age_days', 'compared_with': 'cycle_basis', 'cycle_p90_days': 'cycle_p90_days', 'n': 'cycle_n'}
        ) }}
    from joined
    -- renewals are made long before they are due: the cycle of new business does not age them
    where
        outcome = 'open' and age_days is not null and {{ is_new_business() }}
        and cycle_n >= {{ deal_limit('past_good_through', 'min_won_deals') }}
),

pushed as (
    select
        {{ deal_check(
            'pushed',
            'push_count > ' ~ deal_limit('pushed', 'max_pushes'),
            'passed_at',
            "'Moved into a later month ' || cast(push_count as varchar) || ' times, from '
            || cast(first_close_date as varchar) || ' to ' || cast(close_date as varchar)",
            {'push_count': 'push_count', 'days_pushed': 'days_pushed', 'first_close_date': 'first_close_date', 'close_date': 'close_date'}
        ) }}
    from joined
    where outcome = 'open' and push_count is not null
),

placeholder_close_date as (
    select
        {{ deal_check(
            'placeholder_close_date',
            'close_dates = 1 and close_date in (month_end, quarter_end)',
            'stands_since',
            "'The close date ' || cast(close_date as varchar) || ' is the last day of the '
            || case when close_date = month_end then 'month' else 'quarter' end || ' of creation and was never moved'",
            {'close_date': 'close_date', 'created_on': 'created_on'}
        ) }}
    from joined
    where outcome = 'open' and has_full_history and close_date is not null and created_on is not null
),

impossible_dates as (
    select
        {{ deal_check(
            'impossible_dates',
            'contradiction is not null',
            'record_changed_at',
            'contradiction',
            {'created_on': 'created_on', 'close_date': 'close_date', 'changed_at': 'record_changed_at'}
        ) }}
    from joined
    where created_at is not null
)

{% for flag in [
    'past_close_date', 'past_good_through', 'pushed', 'placeholder_close_date', 'impossible_dates',
] -%}
    select * from {{ flag }}
    {{ 'union all' if not loop.last }}
{% endfor %}
