-- Every promise is in exactly one month of one rep, in exactly one state.
with

published as (

    select count(*) as promised from {{ ref('fct_commitments') }}
    where promised_at is not null

),

counted as (

    select
        coalesce(sum(promised_count), 0) as promised,
        coalesce(
            sum(kept_on_time_count + kept_late_count + broken_count + open_count + unknown_count), 0
        ) as in_a_state
    from {{ ref('rpt_commitments') }}

)

select
    published.promised,
    counted.promised as counted,
    counted.in_a_state
from published
cross join counted
where published.promised <> counted.promised or published.promised <> counted.in_a_state
