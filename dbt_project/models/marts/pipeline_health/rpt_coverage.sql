with

quarters as (

    select distinct
        fiscal_quarter,
        fiscal_quarter_start,
        fiscal_quarter_end
    from {{ ref('int_calendar_days') }}
    where
        fiscal_quarter_end >= {{ as_of_date() }}
        and fiscal_quarter_start <= {{ dbt.dateadd('month', 6, as_of_date()) }}

),

quotas as (

    select * from {{ ref('int_quotas_by_quarter') }}

),

rotten as (

    select distinct checks.opportunity_id
    from {{ ref('int_deal_checks') }} as checks
    inner join {{ ref('deal_flag_rules') }} as rules on checks.flag = rules.flag
    where rules.is_rotten and checks.is_flagged

),

deals as (

    select
        opportunities.owner_id as rep_id,
        opportunities.amount,
        opportunities.outcome = 'won' as is_won,
        opportunities.is_eligible,
        opportunities.close_date < {{ as_of_date() }} as is_overdue,
        rotten.opportunity_id is not null as is_rotten,
        {{ fiscal_quarter_start(
            "case when opportunities.outcome = 'open' then opportunities.close_date else "
            ~ reporting_date('opportunities.closed_at') ~ " end"
        ) }} as fiscal_quarter_start
    from {{ ref('fct_opportunities') }} as opportunities
    left join rotten on opportunities.opportunity_id = rotten.opportunity_id
    where
        {{ is_new_business('opportunities.opportunity_type') }}
        and (opportunities.outcome = 'won' or opportunities.is_eligible)

),

amounts as (

    select
        rep_id,
        fiscal_quarter_start,
        {{ amount_where('is_won') }} as won_amount,
        {{ amount_where('is_eligible and not is_overdue') }} as open_amount,
        {{ amount_where('is_eligible and is_overdue') }} as overdue_amount,
        {{ amount_where('is_eligible and not is_overdue and not is_rotten') }} as credible_amount
    from deals
    group by rep_id, fiscal_quarter_start

),

-- whoever has a quota or a deal in one of the quarters has a row for each of them
reps as (

    select quotas.rep_id
    from quotas
    inner join quarters on quotas.fiscal_quarter_start = quarters.fiscal_quarter_start
    union
    select amounts.rep_id
    from amounts
    inner join quarters on amounts.fiscal_quarter_start = quarters.fiscal_quarter_start

),

joined as (

    select
        reps.rep_id,
        quarters.fiscal_quarter,
        quarters.fiscal_quarter_start,
        quarters.fiscal_quarter_end,
        quotas.quota_amount,
        history.p50_won_to_open_ratio,
        rates.amount_win_rate,
        coalesce(history.quarters_n, 0) as needed_n,
        case when amounts.fiscal_quarter_start is null then 0 else amounts.won_amount end as won_amount,
        coalesce(amounts.open_amount, 0) as open_amount,
        coalesce(amounts.overdue_amount, 0) as overdue_amount,
        coalesce(amounts.credible_amount, 0) as credible_amount
    from reps
    cross join quarters
    left join quotas
        on reps.rep_id = quotas.rep_id and quarters.fiscal_quarter_start = quotas.fiscal_quarter_start
    left join amounts
        on
        coalesce(reps.rep_id, '') = coalesce(amounts.rep_id, '')
        and quarters.fiscal_quarter_start = amounts.fiscal_quarter_start
    left join {{ ref('int_rep_coverage_history') }} as history
        on reps.rep_id = history.rep_id and quarters.fiscal_quarter_start = history.fiscal_quarter_start
    left join {{ ref('int_rep_win_rates') }} as rates on reps.rep_id = rates.rep_id

),

judged as (

    select
        *,
        case when p50_won_to_open_ratio > 0 then p50_won_to_open_ratio else amount_win_rate end
            as expected_win_rate,
        case when p50_won_to_open_ratio > 0 then 'own_quarters' else 'amount_win_rate' end
            as expected_win_basis
    from joined

)

select
    rep_id,
    fiscal_quarter,
    fiscal_quarter_start,
    fiscal_quarter_end,
    quota_amount,
    {{ to_money('won_amount') }} as won_amount,
    {{ to_money('open_amount') }} as open_amount,
    {{ to_money('overdue_amount') }} as overdue_amount,
    {{ to_money('credible_amount') }} as credible_amount,
    case when quota_amount > 0 then won_amount >= quota_amount end as is_quota_met,
    {{ ratio('case when quota_amount > 0 then open_amount end', 'quota_amount - won_amount') }}
        as open_coverage_ratio,
    {{ ratio('open_amount + won_amount', 'quota_amount') }} as total_coverage_ratio,
    {{ ratio('case when quota_amount > 0 then credible_amount end', 'quota_amount - won_amount') }}
        as credible_coverage_ratio,
    {{ ratio('1', 'expected_win_rate') }} as needed_ratio,
    case when expected_win_rate > 0 then expected_win_basis end as needed_basis,
    needed_n,
    {{ as_of() }} as as_of
from judged
