-- Grain: rep × period (a fiscal year 2026, a quarter 2026-Q1 of it or a calendar month 2026-01);
-- half-open days. A fiscal year bears the name of the calendar year in which it ends. Money at the
-- rate of the period's first day.
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
        {{ try_cast_to('substr(period, 1, 4)', 'integer') }} as period_year,
        case
            when {{ regex_matches('period', '^[0-9]{4}$') }} then 12
            when {{ regex_matches('period', '^[0-9]{4}-Q[1-4]$') }} then 3
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
                "(" ~ fiscal_year_start_month() ~ " - 1)"
                ~ " - case when " ~ fiscal_year_start_month() ~ " > 1 then 12 else 0 end"
                ~ " + case when month_count = 3 then (cast(right(period, 1) as integer) - 1) * 3 else 0 end",
                "make_date(period_year, 1, 1)"
            ) }} as date)
        end as period_start
    from parts
    where month_count is not null
),

final as (
    select
        starts.rep_id,
        min(starts.period) as period,
        starts.period_start,
        cast({{ dbt.dateadd('month', 'starts.month_count', 'starts.period_start') }} as date) as period_end,
        case when count(distinct starts.currency) <= 1 then min(starts.currency) end as currency,
        case when count(distinct starts.currency) <= 1 then {{ to_money('sum(starts.quota_amount)') }} end
            as native_quota_amount,
        -- a part of a quota is none
        case
            when count(case when starts.quota_amount is not null and rates.rate is null then 1 end) = 0
                then {{ to_money('sum(' ~ convert('starts.quota_amount', 'rates.rate') ~ ')') }}
        end as quota_amount,
        min(starts.source_instance) as source_instance
    from starts
    left join rates
        on starts.currency = rates.currency
        and starts.period_start >= rates.valid_from
        and starts.period_start < rates.valid_to
    group by starts.rep_id, starts.period_start, starts.month_count
)

select * from final
