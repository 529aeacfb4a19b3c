with

weeks as (

    select * from {{ ref('int_rep_weeks_ahead') }}

),

win_rates as (

    select * from {{ ref('int_rep_win_rates') }}

),

residence as (

    select
        *,
        mean_residence_days / 7 as mean_residence_weeks,
        p50_residence_days / 7 as p50_residence_weeks,
        p90_residence_days / 7 as p90_residence_weeks
    from {{ ref('int_rep_residence') }}

),

projected as (

    select
        weeks.*,
        win_rates.amount_win_rate,
        win_rates.raw_amount_win_rate,
        residence.mean_residence_weeks,
        residence.p50_residence_weeks,
        residence.p90_residence_weeks,
        residence.residence_n,
        residence.residence_basis,
        case
            when win_rates.amount_win_rate > 0
                then weeks.weekly_quota_amount * residence.mean_residence_weeks / win_rates.amount_win_rate
        end as required_amount,
        weeks.created_amount / weeks.creation_weeks as weekly_created_amount,
        -- (DuckDB's least() ignores nulls: without a residence nobody knows how much new pipeline stays)
        weeks.still_open_amount
        + case
            when weeks.week_ahead < residence.mean_residence_weeks then weeks.week_ahead
            else residence.mean_residence_weeks
        end * weeks.created_amount / weeks.creation_weeks as projected_open_amount
    from weeks
    left join win_rates on weeks.rep_id = win_rates.rep_id
    left join residence on weeks.rep_id = residence.rep_id

),

compared as (

    select
        *,
        projected_open_amount < required_amount as is_below_required
    from projected

),

firsts as (

    select
        rep_id,
        min(week_ahead) as cliff_week
    from compared
    where is_below_required
    group by rep_id

)

select
    compared.rep_id,
    compared.week_ahead,
    compared.week_starts_on,
    {{ to_money('compared.weekly_quota_amount') }} as weekly_quota_amount,
    compared.is_quota_assumed,
    compared.amount_win_rate,
    compared.raw_amount_win_rate,
    compared.mean_residence_weeks,
    cast(compared.p50_residence_weeks as double) as p50_residence_weeks,
    cast(compared.p90_residence_weeks as double) as p90_residence_weeks,
    compared.residence_n,
    compared.residence_basis,
    {{ to_money('compared.required_amount') }} as required_amount,
    {{ to_money('compared.still_open_amount') }} as still_open_amount,
    {{ to_money('compared.weekly_created_amount') }} as weekly_created_amount,
    {{ to_money('compared.projected_open_amount') }} as projected_open_amount,
    compared.is_below_required,
    case when compared.week_ahead = 0 then firsts.cliff_week end as cliff_week,
    {{ as_of() }} as as_of
from compared
left join firsts on compared.rep_id = firsts.rep_id
