-- Every deal has exactly one version that holds at as_of, and it says what fct_opportunities says.
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
where
    versions.opportunity_id is null
    or published.opportunity_id is null
    or published.stage is distinct from versions.stage
    or published.amount is distinct from versions.amount
    or published.close_date is distinct from versions.close_date
    or published.outcome != versions.outcome
    or published.owner_id is distinct from versions.owner_id
