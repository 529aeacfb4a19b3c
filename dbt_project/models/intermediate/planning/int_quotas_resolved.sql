-- Grain: rep × period (a fiscal year 2026, a half 2026-H1 or a quarter 2026-Q1 of it, a calendar
-- year CY2026, a half or a quarter CY2026-Q1 of that, or a month 2026-01); half-open days. A fiscal
-- year bears the name of the calendar year in which it ends. Money at the rate of the period's
-- first day.
with quotas as (
    select
        {{ all_but(['currency', 'period'], 'quotas') }},
        {{ quota_period('quotas.period') }} as period,
        coalesce(quotas.currency, {{ reporting_currency() }}) as currency,
        reps.rep_id
    from {{ ref('stg_planning__quotas') }} as quotas
    inner join {{ ref('int_reps_matched') }} as reps
        on quotas.source_instance = reps.source_instance and quotas.rep_ref = reps.owner_ref
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

parts as (
    select
        *,
        {{ try_cast_to("substr(replace(period, 'CY', ''), 1, 4)", 'integer') }} as period_year,
        case when period like 'CY%' or {{ fiscal_year_start_month() }} = 1 then 0 else 12 end as months_ahead,
        case
            when {{ regex_matches('period', '^(CY)?[0-9]{4}$') }} then 12
            when {{ regex_matches('period', '-H[12]$') }} then 6
            when {{ regex_matches('period', '-Q[1-4]$') }} then 3
            when {{ regex_matches('period', '^[0-9]{4}-[0-9]{2}$') }} then 1
        end as month_count
    from quotas
),

starts as (
    select
        *,
        case
            when month_count = 1 then {{ parse_month('period') }}
            else cast({{ dbt.dateadd(
                'month',
                "case when period like 'CY%' then 0 else " ~ fiscal_year_start_month() ~ " - 1 end - months_ahead"
                ~ " + case when month_count in (3, 6)"
                ~ " then (cast(right(period, 1) as integer) - 1) * month_count else 0 end",
                "make_date(period_year, 1, 1)"
            ) }} as date)
        end as period_start
    from parts
    where month_count is not null
),

-- the same quota under another spelling of rep or period is another record; which of them is meant to hold
-- the latest says. Of what landed together the last row holds where it is the period that is spelled in two
-- ways; else it is of different people who are one now, and adds up
dated as (
    select
        *,
        max(loaded_at) over (partition by rep_id, period_start, month_count, currency) as last_loaded_at,
        row_number() over (
            partition by rep_ref, source_instance, period_start, month_count, currency, loaded_at
            order by source_row desc, source_file desc, period asc
        ) as position
    from starts
),

latest as (
    select * from dated
    where loaded_at = last_loaded_at and position = 1
),

final as (
    select
        latest.rep_id,
        min(latest.period) as period,
        latest.period_start,
        cast({{ dbt.dateadd('month', 'latest.month_count', 'latest.period_start') }} as date) as period_end,
        case when count(distinct latest.currency) <= 1 then min(latest.currency) end as currency,
        case when count(distinct latest.currency) <= 1 then {{ to_money('sum(latest.quota_amount)') }} end
            as native_quota_amount,
        -- a part of a quota is none
        case
            when count(case when latest.quota_amount is not null and rates.rate is null then 1 end) = 0
                then {{ to_money('sum(' ~ convert('latest.quota_amount', 'rates.rate') ~ ')') }}
        end as quota_amount,
        min(latest.source_instance) as source_instance
    from latest
    left join rates
        on latest.currency = rates.currency
        and latest.period_start >= rates.valid_from
        and latest.period_start < rates.valid_to
    group by latest.rep_id, latest.period_start, latest.month_count
)

select * from final
