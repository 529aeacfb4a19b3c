with

scores as (

    select * from {{ ref('int_deal_fodder_scores') }}

),

deals as (

    select * from {{ ref('fct_opportunities') }}

)

select
    scores.opportunity_id,
    deals.source_system,
    deals.source_instance,
    deals.owner_id,
    deals.segment,
    deals.amount,
    deals.outcome,
    deals.loss_reason,
    scores.proposal_stage,
    scores.proposal_at,
    scores.inbound_formal_request,
    scores.few_meetings,
    scores.fast_to_proposal,
    scores.single_low_contact,
    scores.no_discovery,
    scores.close_date_within_30_days,
    case when scores.few_meetings is not null then scores.held_meetings end as held_meetings,
    scores.days_to_proposal,
    scores.won_days_p10,
    scores.won_deals,
    scores.contacts,
    scores.days_to_close_date,
    scores.evaluable_weight,
    scores.fodder_score,
    scores.is_fodder_like,
    {{ as_of() }} as as_of
from scores
inner join deals on scores.opportunity_id = deals.opportunity_id
