-- Grain: rep × fiscal quarter with a quota. The quota of the quarter itself, else the sum of its months',
-- else its share of the half year's, else of the year's.
with quotas as (
    select
        *,
        {{ dbt.datediff('period_start', 'period_end', 'month') }} as month_count
    from {{ ref('int_quotas_resolved') }}
),

months as (
    select
        rep_id,
        month_count,
        quota_amount / month_count as month_amount,
        period_start,
        {{ rows_of_numbers('month_count') }} as month_number
    from quotas
),

dated as (
    select
        *,
        {{ dbt.dateadd('month', 'month_number', 'period_start') }} as month_start
    from months
),

quarters as (
    select
        rep_id,
        month_count,
        {{ fiscal_quarter_start('month_start') }} as fiscal_quarter_start,
        case when count(month_amount) = count(*) then sum(month_amount) end as quota_amount
    from dated
    group by 1, 2, 3
),

ranked as (
    select
        *,
        row_number() over (
            partition by rep_id, fiscal_quarter_start
            order by case month_count when 3 then 1 when 1 then 2 else month_count end
        ) as position
    from quarters
)

select
    rep_id,
    fiscal_quarter_start,
    {{ to_money('quota_amount') }} as quota_amount
from ranked
where position = 1
