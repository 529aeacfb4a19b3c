-- Every deal has exactly one version that holds at as_of, and it says what fct_opportunities says; so does
-- the day of as_of in fct_pipeline_daily of the open ones.
with

current_versions as (

    select * from {{ ref('fct_opportunity_versions') }}
    where is_current

),

deals as (

    select * from {{ ref('int_opportunities_resolved') }}

)

select
    deals.opportunity_id,
    versions.valid_from,
    published.opportunity_id as published_id
from deals
left join current_versions as versions on deals.opportunity_id = versions.opportunity_id
left join {{ ref('fct_opportunities') }} as published on deals.opportunity_id = published.opportunity_id
left join {{ ref('fct_pipeline_daily') }} as today
    on deals.opportunity_id = today.opportunity_id and today.snapshot_date = {{ as_of_date() }}
where
    versions.opportunity_id is null
    or published.opportunity_id is null
    or published.stage is distinct from versions.stage
    or published.amount is distinct from versions.amount
    or published.close_date is distinct from versions.close_date
    or published.outcome != versions.outcome
    or published.owner_id is distinct from versions.owner_id
    or (published.outcome = 'open' and today.opportunity_id is null)
    or (published.outcome = 'open' and today.amount is distinct from published.amount)
