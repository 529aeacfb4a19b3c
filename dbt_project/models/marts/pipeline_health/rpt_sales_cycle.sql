-- A claim is of a rep and not of a segment: it stands beside each of the rep's segments.
with

deals as (

    select
        segment,
        owner_id as rep_id,
        case
            when
                outcome = 'won'
                and age_days >= 0
                and closed_at > {{ dbt.dateadd('month', -24, as_of()) }}
                then age_days
        end as cycle_days
    from {{ ref('fct_opportunities') }}
    where {{ is_new_business() }}

),

measured as (

    select
        segment,
        rep_id,
        count(cycle_days) as n,
        {%- for share in [25, 50, 75, 90] %}
            cast({{ shown_quantile('cycle_days', share / 100) }} as double) as measured_p{{ share }}_days,
        {%- endfor %}
        {{ as_of() }} as as_of
    from deals
    group by segment, rep_id

),

claims as (

    select
        rep_id,
        claimed_cycle_days
    from {{ ref('int_claims_resolved') }}
    where valid_from <= {{ as_of_date() }} and valid_to > {{ as_of_date() }}

),

cycles as (

    select * from {{ ref('int_rep_cycles') }}

)

select
    measured.segment,
    measured.rep_id,
    measured.measured_p25_days,
    measured.measured_p50_days,
    measured.measured_p75_days,
    measured.measured_p90_days,
    measured.n,
    cast(claims.claimed_cycle_days as double) as claimed_days,
    {{ ratio('claims.claimed_cycle_days', 'measured.measured_p50_days') }} as claimed_to_measured_ratio,
    cast(cycles.measured_cycle_days as double) as measured_cycle_days,
    cycles.cycle_basis,
    measured.as_of
from measured
left join claims on measured.rep_id = claims.rep_id
left join cycles on measured.rep_id = cycles.rep_id
