with

checks as (

    select * from {{ ref('int_deal_checks') }}

),

rules as (

    select * from {{ ref('deal_flag_rules') }}

),

deals as (

    select * from {{ ref('fct_opportunities') }}

)

select
    checks.opportunity_id,
    checks.flag,
    deals.source_system,
    deals.source_instance,
    deals.owner_id,
    deals.amount,
    rules.severity,
    rules.is_rotten,
    -- a moment that nobody recorded is no later than the first time we saw it
    least(coalesce(checks.since, deals.first_landed_at), {{ as_of() }}) as since,
    checks.evidence,
    checks.evidence_values,
    {{ as_of() }} as as_of
from checks
inner join deals on checks.opportunity_id = deals.opportunity_id
inner join rules on checks.flag = rules.flag
where checks.is_flagged
